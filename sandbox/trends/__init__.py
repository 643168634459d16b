"""The sources of trends: Creative Center, EnsembleData and oEmbed."""
