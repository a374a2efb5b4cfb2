"""Names that are musically near to a word: by kind of sound, genre, mood and instrument, and by slips of the finger.

Never by spelling alone: "laid" looks like "acid", and sounds like nothing of it. Ours, by ear and by use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

MOST_NEAR = 3
MAY_SLIP = ((7, 2), (4, 1))  # letters of a word, and how many of them may be wrong

# What people write -> names for what is near, best first; those that a model does not know are left out.
_TABLE = (
    # sounds and treatments
    ("acid acidic squelch squelchy tb-303 tb303", "synth bass, techno, trance"),
    ("vinyl crackle crackling crackly hiss tape cassette dusty worn scratchy gramophone", "lo-fi, retro, mellow"),
    ("reverb reverberant echo echoes echoey delay spacious cavernous washed hall", "atmospheric, ethereal, ambient"),
    ("fuzz fuzzy saturated saturation crushed bitcrushed noisy noise harsh grungy", "distorted, overdrive, gritty"),
    ("sidechain sidechained ducking compressed", "pumping, house"),
    ("wobble wobbly growl growling wub", "reese bass, drum and bass, gritty"),
    ("arpeggio arpeggios arp arps arpeggiated arpeggiator sequencer sequenced", "synth pluck, repetitive, trance"),
    ("rumble rumbling subsonic thick fat phat", "sub bass, deep, heavy"),
    ("airy breathy misty hazy foggy cloudy floaty floating", "ethereal, dreamy, atmospheric"),
    ("glassy crystal crystalline shimmering shimmer glittering", "bright, celesta, glockenspiel"),
    ("metallic industrial mechanical factory clanging", "gritty, raw, techno"),
    ("chopped stutter glitchy glitched", "downtempo, chiptune"),
    ("plinky twinkly tinkling toy", "glockenspiel, music box, celesta"),
    ("vocals vocal vox voice voices singer singing lyrics chant humming rapper vocoder acapella", "choir, vocal choir"),
    # nature and places
    ("rain rainy storm thunder ocean sea waves forest birds river wind nature water beach", "ambient, atmospheric"),
    ("space cosmic galactic interstellar sci-fi scifi alien futuristic cyberpunk", "ambient, synthwave, epic"),
    ("night midnight nocturnal city neon urban street", "synthwave, moody, chill"),
    ("club dancefloor party festival banger", "house, techno, energetic"),
    ("coffee cafe café bar lounge elevator hotel", "jazz, bossa nova, smooth"),
    ("temple monastery ritual shamanic tribal", "meditation, drone, hand percussion"),
    ("castle medieval renaissance tavern knight", "recorder, harp, folk"),
    ("pirate sailor shanty", "accordion, fiddle, celtic"),
    ("cowboy saloon prairie", "country, banjo, harmonica"),
    ("circus carnival fairground clown", "accordion, playful, brass"),
    # moods
    ("heartbroken mournful tearful grief weeping crying sorrow tragic depressing depressive gloom", "sad, sorrowful"),
    ("cheery joyous jolly merry gleeful bouncy goofy silly funny comic comedy", "happy, cheerful, playful"),
    ("furious rage raging violent brutal savage hostile", "aggressive, angry, intense"),
    ("scary horror spooky haunted eerie terrifying creep", "ominous, sinister, dark"),
    ("soothing peacefully restful still quieter hush hushed", "calm, peaceful, gentle"),
    ("sexy sensual sultry smoky seductive velvety", "smooth, soulful, mellow"),
    ("war battle warrior victory hero conquest trailerish", "epic, triumphant, heroic"),
    ("magical magic fairy fantasy enchanted whimsical wonder", "dreamy, ethereal, playful"),
    ("sleepy drowsy nap bedtime snoozy", "sleep, lullaby, gentle"),
    ("vintage oldschool old-school antique throwback", "retro, nostalgic"),
    ("weird strange odd trippy psychedelic surreal", "hypnotic, mysterious, dreamy"),
    ("punchier hard-hitting banging slamming massive", "punchy, heavy, driving"),
    ("floaty weightless celestial heavenly angelic divine", "ethereal, choir, sacred"),
    ("busy frantic hectic chaotic wild crazy", "fast, energetic, intense"),
    ("simple plain bare stripped sparse-ish", "sparse, minimal, solo"),
    # genres
    ("shoegaze dreampop dream-pop slowcore", "indie, dreamy, guitar"),
    ("hardstyle hardcore happycore speedcore jumpstyle", "techno, fast, rave"),
    ("phonk memphis drift", "trap, hip hop, dark"),
    ("drill grime crunk", "trap, hip hop"),
    ("neurofunk neuro jumpup rollers roller amen", "drum and bass, reese bass"),
    ("eurodance italo hi-nrg", "disco, pop, synthwave"),
    ("opera operatic aria", "choral, orchestral, dramatic"),
    ("symphony symphonic sonata nocturne etude prelude rondo impressionist", "classical, orchestral, solo piano"),
    ("ragtime stride honky-tonk boogie boogie-woogie", "jazz, piano, blues"),
    ("rockabilly surf garage-rock", "rock, retro, guitar"),
    ("grunge punk hardcore-punk thrash hardrock metalcore", "rock, metal, distorted"),
    ("bollywood bhangra raga-like carnatic", "indian, sitar"),
    ("kpop k-pop jpop j-pop anime city-pop citypop", "pop, synth, upbeat"),
    ("tango milonga", "accordion, latin, passionate"),
    ("polka oompah", "accordion, folk, tuba"),
    ("zydeco cajun", "accordion, country, fiddle"),
    ("march marching military parade", "brass, heroic, medium tempo"),
    ("tropical reggaeton moombahton soca-like", "caribbean, latin"),
    ("rnb r'n'b slowjam", "soul, smooth, r&b"),
    ("dungeon synthpop electropop darkwave coldwave ebm newwave", "synthwave, dark, synth"),
    ("psytrance goa progressive", "trance, driving, hypnotic"),
    ("garage 2step ukg", "house, drum and bass"),
    ("score ost underscore", "cinematic, soundtrack"),
    # instruments, also by other names
    ("klavier pianoforte flügel piano-forte teclado", "piano"),
    ("gitarre guitare guitarra chitarra", "guitar"),
    ("geige violine violon violín violino", "violin"),
    ("schlagzeug batterie batería batteria bateria trommel", "drums"),
    ("flöte flûte flauta flauto", "flute"),
    ("trompete trompette trompeta tromba", "trumpet"),
    ("streicher cordes cuerdas archi", "strings"),
    ("saxofon saxofón sassofono", "saxophone"),
    ("orgel orgue órgano organo", "organ"),
    ("harfe harpe arpa", "harp"),
    ("bass-line bassline basslines", "synth bass, deep bass"),
    ("juno jupiter prophet moog minimoog polysynth", "analog synth, warm, pad"),
    ("dx7 fm bell", "electric piano, tubular bells"),
    ("strat stratocaster telecaster tele lespaul", "electric guitar, clean guitar"),
    ("uke lute bajo", "nylon guitar, banjo"),
    ("shaker tambourine claps clap snaps cowbell woodblock clave rimshot", "percussion, hand percussion"),
    ("timpani taiko gong", "orchestral, percussion, epic"),
)  # fmt: skip
# Words that a slip may have meant: names of music, and none of the plain words that a vocabulary holds beside them.
_MUSICAL = frozenset(
    """accordion acoustic ambient arabic ballad banjo baroque bassoon beat bluegrass blues bossa brass celesta cello
    celtic chillout chiptune choir choral cinematic clarinet classical contrabass country disco distorted downtempo
    dreamy drone drums dubstep dulcimer electric electronic epic ethereal fiddle flamenco flute folk funk
    glockenspiel gospel guitar hammond harmonica harp harpsichord house hypnotic jazz jungle kalimba koto latin lofi
    lullaby marimba melancholic melody metal minimal minor major nostalgic oboe ocarina orchestra orchestral organ
    overdrive peaceful percussion piano pizzicato playful pluck pop punchy reggae retro rhodes rock romantic salsa
    samba saxophone shakuhachi shamisen sitar soprano soul spanish steelpan strings swing synth synthesizer
    synthwave techno tempo tenor trance trap triumphant trombone trumpet tuba tubular ukulele uplifting vibraphone
    viola violin waltz whistle xylophone""".split()  # noqa: SIM905 - as a list of strings it would be a page long
)


def near_names(word: str, is_known: Callable[[str], bool], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Names near to a word in lower case, best first, of which every word is known.

    more  further musical names, for slips
    """
    offers = [name for name in _by_word().get(word, ()) if all(map(is_known, name.split()))]
    if not offers:
        musical = _MUSICAL | {part for name in more for part in name.split()}
        offers = [name for name in _meant(word, frozenset(musical)) if is_known(name)]
    return tuple(offers[:MOST_NEAR])


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for words, names in _TABLE:
        for word in words.split():
            table.setdefault(word, tuple(names.split(", ")))
    return table


def _meant(word: str, musical: frozenset[str]) -> list[str]:
    """Musical words of which this may be a slip: at most one or two letters away, and the first one right."""
    most = next((slips for letters, slips in MAY_SLIP if len(word) >= letters), 0)
    if not most:
        return []
    near = [(_distance(word, name, most), name) for name in musical if name[:1] == word[:1] and len(name) >= 4]
    return [name for distance, name in sorted(near) if distance <= most]


def _distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap between two words; anything above `most` where it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, opposite in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
