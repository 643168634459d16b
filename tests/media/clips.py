"""Makes real files with ffmpeg, and inspects them. The files are tiny and are made when they are first used."""

import shlex
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video.preflight import VideoFacts, preflight

H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
SOUND = "-f lavfi -i sine=duration=1"


def picture(size: str = "360x640", rate: str = "30", seconds: float = 1) -> str:
    return f"-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds}"


def looped(seconds: int) -> str:
    """Repeat one second without encoding it again."""
    return f"-stream_loop {seconds - 1} -i {{quiet.mp4}} -c copy"


EIGHT_MEGABITS = "-b:v 8M -maxrate 8M -bufsize 1M"
HEAVY = "-stream_loop 19 -i {heavy.mp4} -c copy"

# A name in braces refers to another clip, which is made first.
RECIPES = {
    "plain.mp4": f"{picture()} {H264}",
    "quiet.mp4": f"-f lavfi -i testsrc=size=360x640:rate=30:duration=1 {H264} -crf 45",
    "faststart.mp4": f"{picture()} {SOUND} {H264} -c:a aac -movflags +faststart",
    "sound.mov": f"{picture()} {SOUND} {H264} -c:a aac",
    "h265.mp4": f"{picture()} -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1",
    "vp8.webm": f"{picture()} {SOUND} -c:v libvpx -threads 1 -deadline realtime -cpu-used 8 -c:a libopus",
    "vp9.webm": f"{picture()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8",
    "quiet.webm": "-i {quiet.mp4} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 60 -b:v 0",
    "av1.mp4": f"{picture()} -c:v libaom-av1 -usage realtime -cpu-used 8",
    "prores.mov": f"{picture()} -c:v prores",
    "mpeg4.mp4": f"{picture()} -c:v mpeg4",
    "mjpeg.mov": f"{picture()} -c:v mjpeg",
    "fps1.mp4": f"{picture(rate='1', seconds=3)} {H264}",
    "fps15.mp4": f"{picture(rate='15')} {SOUND} {H264} -c:a aac",
    "fps22.mp4": f"{picture(rate='22')} {H264}",
    "fps23.976.mp4": f"{picture(rate='24000/1001')} {H264}",
    "fps24.mp4": f"{picture(rate='24')} {H264}",
    "fps29.97.mp4": f"{picture(rate='30000/1001')} {H264}",
    "fps60.mp4": f"{picture(rate='60')} {H264}",
    "fps61.mp4": f"{picture(rate='61')} {H264}",
    "fps62.mp4": f"{picture(rate='62')} {H264}",
    "fps120.mp4": f"{picture(rate='120')} {H264}",
    "fps-varies.mp4": f"{picture(rate='60', seconds=2)} -vf \"select='lt(n,30)+not(mod(n,3))'\" -vsync vfr {H264}",
    "fps-varies-slow.mp4": f"{picture(rate='60', seconds=2)} -vf \"select='lt(n,10)+not(mod(n,9))'\" -vsync vfr {H264}",
    "200x200.mp4": f"{picture('200x200')} {H264}",
    "358x640.mp4": f"{picture('358x640')} {H264}",
    "360x4096.mp4": f"{picture('360x4096', seconds=0.2)} {H264}",
    "4096x360.mp4": f"{picture('4096x360', seconds=0.2)} {H264}",
    "1080x1920.mp4": f"{picture('1080x1920', seconds=0.5)} {H264}",
    "4096x4096.mp4": f"{picture('4096x4096', seconds=0.1)} {H264}",
    "5000x1000.mp4": f"{picture('5000x1000', seconds=0.2)} {H264}",
    "5000x200.mp4": f"{picture('5000x200', seconds=0.2)} {H264}",
    "3-minutes.mp4": looped(180),
    "11-minutes.mp4": looped(660),
    "second-60fps.mp4": f"{picture(rate='60')} {SOUND} -c:v libx264 -bf 3 -crf 45 -pix_fmt yuv420p -c:a aac",
    "nearly-10-minutes-60fps.mp4": "-stream_loop 570 -i {second-60fps.mp4} -c copy -movflags +faststart",
    "nearly-10-minutes-60fps-moov-last.mp4": "-stream_loop 570 -i {second-60fps.mp4} -c copy",
    "11-minutes.webm": "-stream_loop 659 -i {quiet.webm} -c copy",
    "rotated.mp4": "-i {plain.mp4} -c copy -metadata:s:v rotate=90",
    "200x400.mp4": f"{picture('200x400')} {H264}",
    "rotated-small.mp4": "-i {200x400.mp4} -c copy -metadata:s:v rotate=90",
    "audio.m4a": f"{SOUND} -c:a aac",
    "audio.webm": f"{SOUND} -c:a libopus",
    "a.mkv": f"{picture()} {SOUND} {H264} -c:a aac",
    "b-frames.mp4": f"{picture(seconds=4)} -c:v libx264 -preset veryfast -bf 4 -pix_fmt yuv420p",
    "everything-short.mkv": "-f lavfi -i testsrc=size=120x120:rate=1:duration=3 -c:v mpeg4",
    "everything.mkv": "-f lavfi -i testsrc=size=120x120:rate=1:duration=601 -c:v mpeg4",
    "fps15-faststart.mp4": "-i {fps15.mp4} -c copy -movflags +faststart",
    "a.avi": f"{picture()} {H264} -bf 2",
    "a.jpg": f"{picture()} -frames:v 1",
    "live.webm": "-i {vp8.webm} -an -c copy -live 1",
    "live-sound.webm": "-i {vp9.webm} -i {vp8.webm} -map 0:v -map 1:a -c copy -live 1",
    # one minute of 1080p with 1 MB per second, made of 3 encoded seconds
    "heavy.mp4": f"{picture('1920x1080', seconds=3)} -vf noise=alls=20:allf=t {H264} -g 30 {EIGHT_MEGABITS}",
    "heavy-fragment-each-gop.mp4": f"{HEAVY} -movflags frag_keyframe+empty_moov",
    "heavy-no-index.mp4": f"{HEAVY} -movflags frag_keyframe+empty_moov+skip_trailer",
    "heavy-fragment-each-100ms.mp4": f"{HEAVY} -movflags empty_moov -frag_duration 100000",
    "fragment-each-frame.mp4": f"{looped(60)} -movflags empty_moov+frag_every_frame+skip_trailer",
    "dash.mp4": f"{looped(60)} -movflags dash+delay_moov+global_sidx+skip_trailer",
    "after-moov.mp4": f"{looped(60)} -movflags frag_keyframe+default_base_moof",
    "fragmented-11-minutes.mp4": f"{looped(660)} -movflags frag_keyframe+empty_moov",
    "fragmented-fps15.mp4": f"{picture(rate='15', seconds=4)} {H264} -g 15 -movflags frag_keyframe+empty_moov",
    "fragmented-sound.mp4": f"{picture()} {SOUND} {H264} -c:a aac -movflags frag_keyframe+empty_moov",
}


Shape = Callable[["Clips"], bytes | None]


class Clips:
    """The real files, each made once in `folder` by a line of `recipes` or a function of `shapes`."""

    def __init__(self, folder: Path, recipes: dict[str, str], shapes: dict[str, Shape]) -> None:
        self.folder = folder
        self.recipes = recipes
        self.shapes = shapes

    def __call__(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            made = self.shapes[name](self) if name in self.shapes else self._by_ffmpeg(name)
            if made is not None:
                path.write_bytes(made)
        return path

    def _by_ffmpeg(self, name: str) -> None:
        words = shlex.split(self.recipes[name])
        words = [str(self(word[1:-1])) if word.startswith("{") else word for word in words]
        ffmpeg(*words, str(self.folder / name))


def ffmpeg(*words: str) -> None:
    subprocess.run(["ffmpeg", "-loglevel", "error", "-nostdin", "-y", *words], check=True)


def start_of(name: str, share: float):
    def shape(clips: Clips) -> bytes:
        whole = clips(name).read_bytes()
        return whole[: int(len(whole) * share)]

    return shape


def sparse(size: int):
    """plain.mp4 with a 64-bit `mdat` of zeros before its own. The file has `size` bytes, and its `moov` is at its end
    with 64-bit offsets."""

    def shape(clips: Clips) -> None:
        content = clips("plain.mp4").read_bytes()
        free, mdat, moov, old = (content.index(kind) - 4 for kind in (b"free", b"mdat", b"moov", b"stco"))
        count = struct.unpack(">I", content[old + 12 : old + 16])[0]
        grown = 4 * count
        gap = size - len(content) - 8 - grown  # 8: the header of mdat grows by this number of bytes
        offsets = struct.unpack(f">{count}I", content[old + 16 : old + 16 + 4 * count])
        co64 = struct.pack(">I4sII", 16 + 8 * count, b"co64", 0, count)
        co64 += struct.pack(f">{count}Q", *(offset + gap + 8 for offset in offsets))
        tables = bytearray(content[moov:old] + co64 + content[old + 16 + 4 * count :])
        for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            at = tables.index(kind) - 4
            tables[at : at + 4] = struct.pack(">I", struct.unpack(">I", tables[at : at + 4])[0] + grown)
        with (clips.folder / f"sparse-{size}.mp4").open("wb") as file:
            file.write(content[: free + 8])
            file.write(struct.pack(">I4sQ", 1, b"mdat", 16 + gap + moov - mdat - 8))
            file.seek(gap, 1)
            file.write(content[mdat + 8 : moov])
            file.write(tables)

    return shape


FITS, TOO_LARGE = 4_000_000_000, 4_294_968_000
SHAPED: dict[str, Shape] = {
    "empty.mp4": lambda clips: b"",
    "text.mp4": lambda clips: b"These are only words.\n" * 100,
    "cut.mp4": start_of("plain.mp4", 0.6),
    "cut-faststart.mp4": start_of("faststart.mp4", 0.6),
    "cut-fps15-faststart.mp4": start_of("fps15-faststart.mp4", 0.5),
    "cut.webm": start_of("11-minutes.webm", 0.5),
    "cut-each-gop.mp4": start_of("fragmented-11-minutes.mp4", 0.5),
    "cut-each-frame.mp4": start_of("fragment-each-frame.mp4", 0.5),
    "cut-dash.mp4": start_of("dash.mp4", 0.5),
    f"sparse-{FITS}.mp4": sparse(FITS),
    f"sparse-{TOO_LARGE}.mp4": sparse(TOO_LARGE),
}


def looked_at(path: Path, max_ms: int | None = None) -> tuple[VideoFacts | tuple, BufferedRanges]:
    """The verdict on the file, and the reader, which counted its reads."""
    with path.open("rb") as file:

        def read_range(first: int, last: int) -> bytes:
            file.seek(first)
            return file.read(last - first + 1)

        reader = BufferedRanges(read_range, path.stat().st_size)
        return preflight(reader, reader.size, max_ms), reader
