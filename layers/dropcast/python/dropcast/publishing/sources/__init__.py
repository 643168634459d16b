"""What is posted: objects in S3 and addresses that TikTok pulls from."""
