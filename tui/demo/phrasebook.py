"""A small phrase book: all the translating that a simulated model can do truthfully."""

import re

LANGUAGES = ("French", "German", "Spanish", "Italian", "Portuguese", "Dutch", "Japanese", "Chinese", "Arabic")

_PHRASES: dict[str, tuple[str, ...]] = {
    "good morning": (
        "Bonjour",
        "Guten Morgen",
        "Buenos días",
        "Buongiorno",
        "Bom dia",
        "Goedemorgen",
        "おはようございます",
        "早上好",
        "صباح الخير",
    ),
    "good night": (
        "Bonne nuit",
        "Gute Nacht",
        "Buenas noches",
        "Buonanotte",
        "Boa noite",
        "Goedenacht",
        "おやすみなさい",
        "晚安",
        "تصبح على خير",
    ),
    "thank you": (
        "Merci",
        "Danke",
        "Gracias",
        "Grazie",
        "Obrigado",
        "Dank je wel",
        "ありがとうございます",
        "谢谢",
        "شكرا",
    ),
    "how are you": (
        "Comment allez-vous ?",
        "Wie geht es Ihnen?",
        "¿Cómo está usted?",
        "Come sta?",
        "Como está?",
        "Hoe gaat het met u?",
        "お元気ですか。",
        "你好吗？",
        "كيف حالك؟",
    ),
    "where is the station": (
        "Où est la gare ?",
        "Wo ist der Bahnhof?",
        "¿Dónde está la estación?",
        "Dov'è la stazione?",
        "Onde fica a estação?",
        "Waar is het station?",
        "駅はどこですか。",
        "车站在哪里？",
        "أين المحطة؟",
    ),
    "welcome": (
        "Bienvenue",
        "Willkommen",
        "Bienvenido",
        "Benvenuto",
        "Bem-vindo",
        "Welkom",
        "ようこそ",
        "欢迎",
        "أهلا وسهلا",
    ),
    "goodbye": (
        "Au revoir",
        "Auf Wiedersehen",
        "Adiós",
        "Arrivederci",
        "Adeus",
        "Tot ziens",
        "さようなら",
        "再见",
        "مع السلامة",
    ),
    "hello": ("Bonjour", "Hallo", "Hola", "Ciao", "Olá", "Hallo", "こんにちは", "你好", "مرحبا"),
    "rainbow": (
        "arc-en-ciel",
        "Regenbogen",
        "arcoíris",
        "arcobaleno",
        "arco-íris",
        "regenboog",
        "虹",
        "彩虹",
        "قوس قزح",
    ),
    "water": ("eau", "Wasser", "agua", "acqua", "água", "water", "水", "水", "ماء"),
    "friend": ("ami", "Freund", "amigo", "amico", "amigo", "vriend", "友達", "朋友", "صديق"),
}


def translate(prompt: str) -> str:
    """The answer to a request to translate: a known phrase, or what the phrase book does know."""
    low = prompt.lower()
    phrase = next((known for known in _PHRASES if re.search(rf"\b{known}\b", low)), None)
    wanted = [index for index, language in enumerate(LANGUAGES) if re.search(rf"\b{language.lower()}\b", low)]
    if phrase is None:
        return _not_known(prompt)
    if len(wanted) == 1:
        language = LANGUAGES[wanted[0]]
        return f"**{_PHRASES[phrase][wanted[0]]}** is “{phrase}” in {language}."
    rows = [f"| {LANGUAGES[index]} | {_PHRASES[phrase][index]} |" for index in wanted or range(len(LANGUAGES))]
    return "\n".join([f"“{phrase.capitalize()}” in other languages:\n", "| Language | Phrase |", "|:--|:--|", *rows])


def _not_known(prompt: str) -> str:
    known = "\n".join(f"- {phrase}" for phrase in sorted(_PHRASES))
    return (
        f"A simulated model cannot translate freely, and an invented translation of “{_excerpt(prompt)}” would help "
        "nobody. "
        f"These phrases it knows in {len(LANGUAGES)} languages:\n\n{known}\n\n"
        "Ask for one of them, and name the language if you want only one."
    )


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57].rstrip() + "…"
