"""The envelopes of TikTok's answers: data or a refusal."""
