"""Categories of the Discovery API as the industries of Creative Center, where they mean about the same."""

_BILLION = "000000000"
_INDUSTRIES = {
    "FOOD": "27",
    "DRINKS": "27",
    "AUTOMOTIVE": "11",
    "OUTFITS": "22",
    "BEAUTY": "14",
    "BEAUTY_AND_PERSONAL_CARE": "14",
    "GENERAL_TRAVEL": "17",
    "VIDEO_GAMES": "25",
    "EXERCISE_AND_FITNESS": "28",
}


def industry_of(category: str) -> str | None:
    """The industry's id; None for a category that has none, and for all of them together."""
    number = _INDUSTRIES.get(category)
    return number and number + _BILLION


def same_industry(category: str) -> list[str]:
    """The category, and those others that are of the same industry, for which the same is told."""
    others = (other for other, number in _INDUSTRIES.items() if number == _INDUSTRIES.get(category))
    return list(dict.fromkeys([category, *others]))
