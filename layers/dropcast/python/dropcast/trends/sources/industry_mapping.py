"""Maps each category of the Discovery API to an industry of Creative Center with about the same meaning."""

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
    """The id of the category's industry.

    None if there is no such industry, or if `category` means all categories together.
    """
    number = _INDUSTRIES.get(category)
    return number and number + _BILLION


def same_industry(category: str) -> list[str]:
    """The category and all other categories of the same industry. They share one list."""
    others = (other for other, number in _INDUSTRIES.items() if number == _INDUSTRIES.get(category))
    return list(dict.fromkeys([category, *others]))
