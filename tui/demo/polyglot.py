"""Text that is hard to lay out: wide characters, emoji sequences, right-to-left scripts, combining marks.

The sequences are spelled with escapes where an editor would hide what they consist of.
"""

from tui.demo.prompt import Prompt

_FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
_ASTRONAUT = "\U0001f469\U0001f3fd\u200d\U0001f680"
_RAINBOW_FLAG = "\U0001f3f3\ufe0f\u200d\U0001f308"
_FLAGS = "\U0001f1ef\U0001f1f5 \U0001f1e7\U0001f1f7 \U0001f1f3\U0001f1f4 \U0001f1f0\U0001f1ea"
_THUMBS = "\U0001f44d\U0001f3fb \U0001f44d\U0001f3fd \U0001f44d\U0001f3ff"
_KEYCAPS = "1\ufe0f\u20e3 2\ufe0f\u20e3 3\ufe0f\u20e3"
_COMBINED = "cafe\u0301, nai\u0308ve, A\u030angstro\u0308m, Vie\u0323\u0302t Nam, s\u0323\u0307"

_RAINBOW = (
    ("日本語", "虹は、空気中の水滴の中で太陽の光が屈折し、反射して生まれます。赤は外側、紫は内側に見えます。"),
    ("中文", "彩虹是阳光在雨滴中折射和反射而成的。红色在外侧，紫色在内侧，角度约为四十二度。"),
    ("한국어", "무지개는 햇빛이 빗방울 속에서 꺾이고 반사되어 생깁니다. 해를 등지고 서야 보입니다."),
    ("العربية", "يتكوّن قوس قزح عندما ينكسر ضوء الشمس داخل قطرات المطر ثم ينعكس نحو أعيننا."),
    ("עברית", "הקשת בענן נוצרת כאשר אור השמש נשבר בתוך טיפות הגשם ומוחזר אל עינינו."),
    ("हिन्दी", "इंद्रधनुष तब बनता है जब सूर्य का प्रकाश वर्षा की बूँदों में मुड़ता और परावर्तित होता है।"),
    ("ไทย", "รุ้งเกิดจากแสงแดดหักเหและสะท้อนภายในหยดน้ำฝน"),
    ("Ελληνικά", "Το ουράνιο τόξο σχηματίζεται όταν το φως του ήλιου διαθλάται στις σταγόνες της βροχής."),
    ("Русский", "Радуга возникает, когда солнечный свет преломляется и отражается в каплях дождя."),
)
_ANY_SUBJECT = (
    ("日本語", "ご質問は「{subject}」についてですね。まず要点を一つに絞り、それから例を見てみましょう。"),
    ("中文", "您问的是“{subject}”。我们先弄清楚关键概念，再看一个具体的例子。"),
    ("한국어", "질문은 “{subject}”에 관한 것이군요. 먼저 핵심을 정리하고 예를 들어 보겠습니다."),
    ("العربية", "سؤالك عن «{subject}». لنبدأ بالفكرة الأساسية ثم ننتقل إلى مثال بسيط."),
    ("עברית", "שאלת על „{subject}”. נתחיל ברעיון המרכזי ונמשיך לדוגמה פשוטה."),
    ("हिन्दी", "आपका प्रश्न “{subject}” के बारे में है। पहले मुख्य बात समझें, फिर एक उदाहरण देखें।"),
    ("ไทย", "คำถามของคุณคือ “{subject}” เริ่มจากใจความสำคัญแล้วค่อยดูตัวอย่าง"),
    ("Ελληνικά", "Η ερώτησή σας αφορά το «{subject}». Ας ξεκινήσουμε από τη βασική ιδέα."),
    ("Русский", "Ваш вопрос: «{subject}». Начнём с главного, а потом разберём пример."),
)


def many_scripts(prompt: Prompt) -> str:
    """The prompt's subject in nine scripts, and a corner of awkward characters."""
    about_rainbows = bool(prompt.words & {"rainbow", "rainbows"})
    known = _RAINBOW if about_rainbows else _ANY_SUBJECT
    lines = [f"- **{language}** {sentence.replace('{subject}', prompt.subject)}" for language, sentence in known]
    return "\n".join(
        [
            f"## {prompt.subject[:1].upper() + prompt.subject[1:]}, in nine scripts",
            "",
            *lines,
            "",
            "### Characters that need care",
            "",
            "| Kind | Sample |",
            "|:--|:--|",
            f"| Joined emoji | {_FAMILY} {_ASTRONAUT} {_RAINBOW_FLAG} |",
            f"| Flags | {_FLAGS} |",
            f"| Skin tones | {_THUMBS} |",
            f"| Keycaps | {_KEYCAPS} |",
            f"| Combining marks | {_COMBINED} |",
            "| Full width | ＡＢＣ　１２３ ｶﾀｶﾅ |",
            "| Mixed direction | version 2.0 של המסמך, עמוד 7 |",
            "",
            "Each of these may arrive in pieces: a family of four is seven code points, and a stream can be cut "
            "between any two of them.",
        ]
    )
