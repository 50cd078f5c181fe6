"""Aliases of participants: two plain words and a number that carry nothing about the person."""

import hashlib

from domain.ids import PersonId

COLOURS = (
    "Amber", "Azure", "Bronze", "Cedar", "Copper", "Coral", "Cream", "Ebony", "Fern", "Golden", "Hazel", "Indigo",
    "Ivory", "Jade", "Lilac", "Maple", "Mint", "Ochre", "Olive", "Pearl", "Plum", "Russet", "Sable", "Saffron",
    "Sand", "Scarlet", "Silver", "Slate", "Teal", "Umber", "Violet", "Willow",
)  # fmt: skip
BIRDS = (
    "Avocet", "Bittern", "Bunting", "Crane", "Curlew", "Dipper", "Dove", "Dunlin", "Egret", "Falcon", "Finch",
    "Godwit", "Heron", "Ibis", "Jay", "Kestrel", "Kinglet", "Lapwing", "Lark", "Linnet", "Martin", "Merlin",
    "Osprey", "Pipit", "Plover", "Robin", "Siskin", "Starling", "Swift", "Teal", "Thrush", "Wren",
)  # fmt: skip


def alias_for(person_id: PersonId, *, number: int) -> str:
    """Return an alias such as ``Amber Heron 12``; ``number`` (the person's place in the study) makes it unique."""
    digest = hashlib.sha256(person_id.encode()).digest()
    return f"{COLOURS[digest[0] % len(COLOURS)]} {BIRDS[digest[1] % len(BIRDS)]} {number}"


def free_alias(person_id: PersonId, *, taken: frozenset[str]) -> str:
    """Return the person's alias with the next number at which no one has it."""
    number = len(taken) + 1
    while alias_for(person_id, number=number) in taken:
        number += 1
    return alias_for(person_id, number=number)
