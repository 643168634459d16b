"""TikTok's answers: data or a refusal, in each server's envelope."""
