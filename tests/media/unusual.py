"""Makes the unusual files of phones, drones, recorders, browsers and editors, and broken ones."""

from collections.abc import Callable

from tests.media import headers, moofs
from tests.media.clips import H264, SOUND, Clips, Shape, ffmpeg, picture, start_of
from tests.media.mp4 import box, changed, put_together, taken_apart, words

_AAC = "-c:a aac"
_X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none"
_VP8 = "-c:v libvpx -threads 1 -deadline realtime -cpu-used 8"
_HDR = "-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"
_HLG = "-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc"
_FRAGMENTS = "-movflags frag_keyframe+empty_moov+default_base_moof+skip_trailer"
_STILL_VFR = "-vf \"select='lt(n,30)+eq(n,299)'\" -vsync vfr"

RECIPES = {
    # phones
    "phone-hdr-pq.mov": f"{picture()} {SOUND} {_X265} {_HDR} -tag:v hvc1 {_AAC}",
    "phone-hlg.mov": f"{picture()} {_X265} {_HLG} -tag:v hvc1",
    "phone-rate-varies.mov": f"{picture(rate='60', seconds=2)} -vf \"select='not(eq(mod(n,20),7))'\" -vsync vfr {H264}",
    "phone-slow-motion.mov": f"{picture(rate='240', seconds=0.5)} {H264}",
    "phone-60.02.mp4": f"{picture(rate='6002/100', seconds=2)} {H264}",
    "phone-59.7.mp4": f"{picture(rate='597/10', seconds=2)} {H264}",
    "phone.3gp": f"{picture()} {SOUND} {H264} {_AAC} -f 3gp",
    "phone-sound-48k-mono.mp4": f"{picture()} {SOUND} {H264} -c:a aac -ar 48000 -ac 1",
    "phone-mpeg4.3gp": f"{picture('352x288')} -c:v mpeg4 -f 3gp",
    "phone-upside-down.mp4": "-i {plain.mp4} -c copy -metadata:s:v rotate=180",
    # drones and action cameras
    "drone-time-code.mov": f"{picture(rate='30000/1001')} {H264} -timecode 01:02:03:04",
    "drone-4096x2160.mp4": f"{picture('4096x2160', seconds=0.2)} {H264}",
    "drone-5.1k.mp4": f"{picture('5120x2700', seconds=0.1)} {H264}",
    "drone-preview.mp4": "-i {faststart.mp4} -i {a.jpg} -map 0 -map 1 -c copy -disposition:v:1 attached_pic",
    "drone-25.mov": f"{picture(rate='25')} {H264} -timecode 00:00:00:00",
    "action-59.94.mp4": f"{picture(rate='60000/1001')} {SOUND} {H264} {_AAC} -timecode 10:00:00:00",
    "action-100.mp4": f"{picture(rate='100')} {H264}",
    # OBS and other screen recorders
    "obs-fragments.mp4": "-i {sound-4.mp4} -c copy -movflags frag_keyframe+empty_moov+delay_moov",
    "obs-six-sounds.mp4": f"{picture()} {SOUND} " + "-map 0:v " + "-map 1:a " * 6 + f"{H264} {_AAC}",
    "obs.mkv": f"{picture()} {SOUND} {H264} {_AAC}",
    "obs.flv": f"{picture()} {SOUND} {H264} -c:a aac -ar 44100",
    "obs.ts": f"{picture()} {SOUND} {H264} {_AAC}",
    "obs-av1.mp4": f"{picture()} -c:v libaom-av1 -usage realtime -cpu-used 8",
    "obs-444.mp4": f"{picture()} -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    "obs-120.mkv": f"{picture(rate='120')} {H264}",
    "screen-stands-still.mp4": f"{picture(seconds=10)} {_STILL_VFR} {H264}",
    "screen-12.mp4": f"{picture(rate='12')} {H264}",
    "screen-bgra.mov": f"{picture()} -c:v qtrle",
    "screen-60.mov": f"{picture(rate='60')} {H264} -video_track_timescale 600",
    "screen-gif.mp4": f"{picture('361x641', rate='10')} -c:v libx264 -pix_fmt yuv444p",
    # browsers
    "browser-vp8-sound.webm": "-i {vp8.webm} -c copy -live 1",
    "browser-vp9.webm": "-i {vp9.webm} -c copy -live 1",
    "browser-h264.mkv": "-i {faststart.mp4} -c copy -live 1",
    "browser-av1.webm": f"{picture()} -c:v libaom-av1 -usage realtime -cpu-used 8",
    "browser-fragments.mp4": f"-i {{sound-4.mp4}} -c copy {_FRAGMENTS}",
    "browser-odd-size.webm": f"{picture('405x721')} {_VP8}",
    "download-dash.mp4": "-i {sound-4.mp4} -an -c copy -movflags dash+global_sidx",
    "download-dash-sound.mp4": "-i {sound-4.mp4} -vn -c copy -movflags dash",
    # editors
    "editor-pcm.mov": f"{picture()} {SOUND} {H264} -c:a pcm_s16le",
    "editor-prores-alpha.mov": f"{picture()} -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le",
    "editor-dnxhd.mxf": f"{picture('1920x1080', seconds=0.2)} -c:v dnxhd -b:v 120M -pix_fmt yuv422p",
    "editor-cut-copy.mp4": "-ss 1.3 -i {b-frames.mp4} -c copy",
    "editor-late-sound.mp4": f"{picture(seconds=2)} -itsoffset 1 {SOUND} {H264} {_AAC}",
    "editor-late-pictures.mp4": f"-itsoffset 1 {picture(seconds=2)} -f lavfi -i sine=duration=3 {H264} {_AAC}",
    "editor-no-b-delay.mp4": "-i {b-frames.mp4} -c copy -movflags negative_cts_offsets",
    "editor-no-edits.mp4": "-i {b-frames.mp4} -c copy -use_editlist 0",
    "editor-opus.mp4": f"{picture()} {SOUND} {H264} -c:a libopus",
    "editor-mp3.mov": f"{picture()} {SOUND} {H264} -c:a libmp3lame",
    "editor-interlaced.mp4": f"{picture('720x576', '25')} -c:v libx264 -flags +ilme+ildct -pix_fmt yuv420p",
    "editor-vp9.mp4": f"{picture()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8",
    "editor-hev1.mp4": f"{picture()} {_X265} -tag:v hev1",
    "editor-subtitles.mp4": "-i {plain.mp4} -i {words.srt} -c:v copy -c:s mov_text",
    "song-with-cover.m4a": f"{SOUND} -i {{a.jpg}} -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic",
    "smooth.ismv": "-i {sound-4.mp4} -c copy -f ismv",
    # the base of other clips
    "sound-4.mp4": f"{picture(seconds=4)} -f lavfi -i sine=duration=4 {H264} -g 30 {_AAC}",
    "pictures-2s.mp4": f"{picture(seconds=2)} {H264}",
    "sound-700s.m4a": "-f lavfi -i anullsrc=r=8000:cl=mono -t 700 -c:a aac -b:a 8k",
    "short-pictures-long-sound.mp4": "-i {pictures-2s.mp4} -i {sound-700s.m4a} -c copy",
    "short-pictures-long-sound.mov": "-i {pictures-2s.mp4} -i {sound-700s.m4a} -c copy",
    "short-pictures-long-sound-fragments.mp4": "-i {pictures-2s.mp4} -i {sound-700s.m4a} -c copy "
    "-movflags frag_keyframe+empty_moov -frag_duration 5000000",
    "long-pictures-short-sound.mp4": "-i {3-minutes.mp4} -i {audio.m4a} -c copy",
    "fragments-12.mp4": f"-f lavfi -i testsrc=size=360x640:rate=24:duration=12 {H264} -crf 45 -g 24 " + _FRAGMENTS,
    "fragments-720.mp4": f"-stream_loop 59 -i {{quiet-12.mp4}} -c copy {_FRAGMENTS}",
    "fragments-720-index.mp4": "-stream_loop 59 -i {quiet-12.mp4} -c copy "
    "-movflags frag_keyframe+empty_moov+default_base_moof",
    "quiet-12.mp4": f"-f lavfi -i testsrc=size=360x640:rate=24:duration=12 {H264} -crf 45 -g 24",
    "fragments-announced.mp4": "-i {sound-4.mp4} -c copy -movflags frag_keyframe+faststart",
    "fragments-of-each-track.mp4": "-i {sound-4.mp4} -c copy -movflags empty_moov+separate_moof -frag_duration 1000000",
    "preview-track-first.mp4": "-i {a.jpg} -i {faststart.mp4} -map 0 -map 1 -c copy",
    "sound-track-first.mp4": "-i {faststart.mp4} -map 0:a -map 0:v -c copy",
    "sound-pulled-forward.mp4": "-i {sound-4.mp4} -itsoffset -3 -i {sound-4.mp4} -map 0:v -map 1:a -c copy -shortest",
    "many-ticks.mp4": "-i {plain.mp4} -c copy -video_track_timescale 1500000000",
    "cut-behind-the-end.mp4": "-ss 60 -i {b-frames.mp4} -c copy",
}


def of(name: str, change: Callable[..., bytes], *arguments: object, **named: object) -> Shape:
    """The clip of this name, changed."""
    return lambda clips: change(clips(name).read_bytes(), *arguments, **named)


def and_bytes(name: str, more: bytes) -> Shape:
    return lambda clips: clips(name).read_bytes() + more


def after_ftyp(*inner: bytes) -> Callable[[bytes], bytes]:
    """Insert boxes after the first box."""

    def insert(data: bytes) -> bytes:
        def change(file) -> None:
            file.inner[1:1] = [box(kind, bytes(100)) for kind in inner]

        return changed(data, change)

    return insert


def without(*inner: bytes) -> Callable[[bytes], bytes]:
    def leave_out(data: bytes) -> bytes:
        file = taken_apart(data)
        for kind in inner:
            file.without(kind)
        return put_together(file)

    return leave_out


def hybrid(data: bytes) -> bytes:
    """A finished fragmented recording. Its fragments are in the `mdat` of a whole file."""

    def change(file) -> None:
        mdat = file.one(b"mdat")
        dead = box(b"free", bytes(300))
        mdat.content = dead.written() + mdat.content
        for table in file.all(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stco"):
            count = int.from_bytes(table.content[4:8])
            old = [int.from_bytes(table.content[8 + 4 * at : 12 + 4 * at]) for at in range(count)]
            table.content = table.content[:8] + words(*(offset + 308 for offset in old))

    return changed(data, change)


def to_the_end(data: bytes) -> bytes:
    """Set the length of the last box to 0, so that it extends to the end of the file."""
    file = taken_apart(data)
    at = len(data) - len(file.inner[-1].written())
    return data[:at] + bytes(4) + data[at + 4 :]


def segments(clips: Clips) -> bytes:
    """The parts of a DASH stream, joined in order as a downloader joins them."""
    start, part = clips.folder / "dash-start.mp4", clips.folder / "dash-part-%03d.m4s"
    names = f"-init_seg_name {start.name} -media_seg_name dash-part-$Number%03d$.m4s"
    ffmpeg(*f"-i {clips('b-frames.mp4')} -c copy -f dash -seg_duration 1 {names} {clips.folder / 'dash.mpd'}".split())
    parts = sorted(part.parent.glob("dash-part-*.m4s"))
    return start.read_bytes() + b"".join(each.read_bytes() for each in parts)


SHAPED: dict[str, Shape] = {
    "segments-in-a-row.mp4": segments,
    "words.srt": lambda clips: b"1\n00:00:00,000 --> 00:00:09,000\nHello\n",
    # durations in headers
    **{
        f"{kind}-{'-'.join(name.decode() for name in names)}.mp4": of("faststart.mp4", headers.stated, number, *names)
        for kind, number in headers.UNKNOWN.items()
        for names in ((b"mvhd",), (b"tkhd",), (b"mdhd",), (b"mvhd", b"tkhd", b"mdhd"))
    },
    "wide-headers.mp4": of("faststart.mp4", headers.wide_headers),
    **{
        f"wide-{kind}.mp4": lambda clips, number=number: headers.stated(
            headers.wide_headers(clips("faststart.mp4").read_bytes()), number, b"mvhd", b"tkhd", b"mdhd"
        )
        for kind, number in headers.UNKNOWN.items()
    },
    "states-an-hour.mp4": of("faststart.mp4", headers.stated, 3_600_000, b"mvhd", b"tkhd", b"mdhd"),
    "states-1s-lasts-11-minutes.mp4": of("11-minutes.mp4", headers.stated, 1000, b"mvhd", b"tkhd"),
    "states-ticks-of-the-movie.mp4": of("faststart.mp4", headers.stated, 1000, b"mdhd"),
    # edit lists
    "trimmed-in-a-phone.mov": of("stated-2s.mp4", headers.edit_list, (2000, 15360 * 100)),
    "trimmed-wide.mp4": of("stated-2s.mp4", headers.edit_list, (2000, 15360 * 100), wide=True),
    "stated-2s.mp4": of("11-minutes.mp4", headers.stated, 2000, b"mvhd", b"tkhd"),
    "edits-of-no-length.mp4": of("plain.mp4", headers.edit_list, (0, 0)),
    "edits-all-ones.mp4": of("plain.mp4", headers.edit_list, (-1, 0)),
    "edits-two-parts.mp4": of("3-minutes.mp4", headers.edit_list, (1000, 0), (2000, 15360 * 60)),
    "edits-a-pause-first.mp4": of("plain.mp4", headers.edit_list, (3000, -1), (1000, 0)),
    "edits-behind-the-end.mp4": of("plain.mp4", headers.edit_list, (1000, 15360 * 5)),
    "edits-longer-than-media.mp4": of("plain.mp4", headers.edit_list, (700_000, 0)),
    # tables
    "no-samples.mp4": of("faststart.mp4", headers.no_samples),
    "times-too-short.mp4": of("plain.mp4", headers.times_table, (10, 512)),
    "times-too-long.mp4": of("plain.mp4", headers.times_table, (50_000, 512)),
    "times-with-a-negative-one.mp4": of("plain.mp4", headers.times_table, (29, 512), (1, -3000)),
    "times-first-is-0.mp4": of("plain.mp4", headers.times_table, (1, 0), (29, 512)),
    "rate-60.07.mp4": of("fps60.mp4", headers.media_timescale, 15378),
    "rate-60.5.mp4": of("fps60.mp4", headers.media_timescale, 15488),
    "rate-60.8.mp4": of("fps60.mp4", headers.media_timescale, 15565),
    "rate-61.2.mp4": of("fps60.mp4", headers.media_timescale, 15667),
    # tracks of other kinds
    "chapters-for-an-hour.mp4": of("plain.mp4", headers.with_track, b"text", 3600),
    "sensor-data.mp4": of("plain.mp4", headers.with_track, b"meta", 1),
    "sound-in-an-unknown-code.mp4": of("plain.mp4", headers.with_track, b"soun", 1),
    # boxes
    "hybrid.mp4": of("plain.mp4", hybrid),
    "quicktime-without-ftyp.mov": of("sound.mov", without(b"ftyp")),
    "quicktime-wide.mov": of("sound.mov", after_ftyp(b"wide", b"skip", b"pnot")),
    "extended-type.mp4": of("plain.mp4", after_ftyp(b"uuid", b"free", b"uuid")),
    "last-box-to-the-end.mp4": of("faststart.mp4", to_the_end),
    "trailer-of-a-phone.mp4": and_bytes("plain.mp4", box(b"sefd", bytes(500)).written()),
    "zeros-behind-the-end.mp4": and_bytes("plain.mp4", bytes(5000)),
    "picture-with-a-film.jpg": lambda clips: clips("a.jpg").read_bytes() + clips("plain.mp4").read_bytes(),
    # fragments
    "fragments-time-in-every-sixth.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: None if n % 6 else t),
    "fragments-without-time.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: None),
    "fragments-all-at-0.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: 0),
    "fragments-time-in-the-first.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: None if n else t),
    "fragments-clock-runs.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: t + 12288 * 90_000),
    "fragments-clock-before-0.mp4": of("fragments-12.mp4", moofs.timed, lambda n, t: t - 12288),
    "fragments-of-smooth-streaming.mp4": of("fragments-12.mp4", moofs.smooth),
    "fragments-720-time-in-every-sixth.mp4": of("fragments-720.mp4", moofs.timed, lambda n, t: None if n % 6 else t),
    "fragments-720-without-time.mp4": of("fragments-720.mp4", moofs.timed, lambda n, t: None),
    "fragments-720-index-alone.mp4": of("fragments-720-index.mp4", moofs.timed, lambda n, t: None, True),
    **{
        f"fragments-durations-in-{place.decode()}.mp4": of("fragments-12.mp4", moofs.durations_in, place, 512)
        for place in (b"trex", b"tfhd", b"trun")
    },
    "fragments-header-states-an-hour.mp4": of("fragments-12.mp4", headers.stated, 3_600_000, b"mvhd", b"tkhd", b"mdhd"),
    "fragments-header-all-ones.mp4": of("fragments-12.mp4", headers.stated, -1, b"mvhd", b"tkhd", b"mdhd"),
    "fragments-header-alone.mp4": of("fragments-12.mp4", without(b"moof", b"mdat")),
    # interrupted recordings
    "recorder-died.mp4": lambda clips: without(b"moov")(clips("plain.mp4").read_bytes()),
    "obs-died.mp4": start_of("obs-fragments.mp4", 0.9),
    "upload-stopped.mov": start_of("sound.mov", 0.7),
    "header-stopped.mp4": start_of("11-minutes.mp4", 0.999),
    "webm-stopped.webm": start_of("quiet.webm", 0.7),
}
