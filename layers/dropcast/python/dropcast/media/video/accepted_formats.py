"""The containers, content types and codecs of videos that TikTok accepts (protocol section 9)."""

from typing import Literal

Container = Literal["mp4", "mov", "webm"]
ContentType = Literal["video/mp4", "video/quicktime", "video/webm"]
VideoCodec = Literal["h264", "h265", "vp8", "vp9"]
