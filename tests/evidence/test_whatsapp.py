"""WhatsApp's exports as telephones of many languages write them: times, day and month, the app's own lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from upriver.case.settings import FileSettings
from upriver.clean.dates import moment
from upriver.evidence.folder import content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import whatsapp

from .sources import rows, source

PARAMS = EvidenceParams()

# How telephones write 3:04 in the afternoon of 25 May 2024, with seconds or without.
HEADS = {
    "en-GB": "25/05/2024, 15:04 - ",
    "en-US": "5/25/24, 3:04\u202fPM - ",
    "en-IN": "25/05/24, 3:04 pm - ",
    "en-US ios": "[5/25/24, 3:04:09\u202fPM] ",
    "en-GB ios": "\u200e[25/05/2024, 15:04:09] ",
    "en-ZA": "2024/05/25, 15:04 - ",
    "de": "25.05.24, 15:04 - ",
    "de ios": "[25.05.24, 15:04:09] ",
    "fr": "25/05/2024 à 15:04 - ",
    "nl ios": "[25-05-2024 15:04:09] ",
    "es": "25/5/24, 3:04 p.\u00a0m. - ",
    "es-MX": "25/5/2024, 3:04 p. m. - ",
    "pt": "25/05/2024 15:04 - ",
    "it ios": "[25/05/24, 15:04:09] ",
    "fi ios": "[25.5.2024 klo 15.04.09] ",
    "da ios": "[25.05.2024 kl. 15.04.09] ",
    "sv": "2024-05-25 15:04 - ",
    "hu": "2024. 05. 25. 15:04 - ",
    "bg": "25.05.24 г., 15:04 - ",
    "ru": "25.05.2024, 15:04 - ",
    "tr": "25.05.2024 ÖS 3:04 - ",
    "el": "25/5/24, 3:04 μ.μ. - ",
    "zh-CN": "2024/5/25 下午3:04 - ",
    "zh-CN ios": "[2024/5/25, 下午3:04:09] ",
    "zh-TW": "2024/5/25 下午 3:04 - ",
    "zh-HK": "25/5/2024 下午3:04 - ",
    "ja": "2024/05/25 15:04 - ",
    "ja 12": "2024/05/25 午後3:04 - ",
    "ko": "2024. 5. 25. 오후 3:04 - ",
    "ko long": "2024년 5월 25일 오후 3:04 - ",
    "vi": "25/05/2024, 3:04 CH - ",
    "vi ios": "[15:04:09, 25/05/2024] ",
    "th": "25/5/2567 15:04 - ",
    "th short": "25/5/67 15:04 - ",
    "th ios": "[25/5/2567 BE 15:04:09] ",
    "id": "25/05/24 15.04 - ",
    "ms": "25/05/2024, 3:04 PTG - ",
    "my": "၂၅/၅/၂၀၂၄, ၁၅:၀၄ - ",
    "my 12": "၂၅-၀၅-၂၀၂၄, ညနေ ၃:၀၄ - ",
    "km": "25/5/24, 3:04 ល្ងាច - ",
    "lo": "25/5/2024, 15:04 - ",
    "hi": "25/05/24, 3:04 अपराह्न - ",
    "ar": "٢٥\u200f/٥\u200f/٢٠٢٤، ٣:٠٤ م - ",
    "ar ios": "[٢٥\u200f/٥\u200f/٢٠٢٤، ٣:٠٤:٠٩ م] ",
    "fa": "۲۰۲۴/۵/۲۵،\u200f ۱۵:۰۴ - ",
    "fa 12": "۲۰۲۴/۵/۲۵، ۳:۰۴ ب.ظ. - ",
    "he": "25.5.2024, 15:04 - ",
    "ur": "25/5/24، 3:04 PM - ",
}
NOTICES = [
    "Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them.",
    "消息和通话已进行端到端加密。只有此聊天中的成员可以查看、收听或分享。",
    "訊息與通話已受端對端加密保護。",
    "Los mensajes y las llamadas están cifrados de extremo a extremo.",
    "As mensagens e as chamadas são protegidas com a criptografia de ponta a ponta.",
    "Les messages et les appels sont chiffrés de bout en bout.",
    "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.",
    "I messaggi e le chiamate sono crittografati end-to-end.",
    "Berichten en gesprekken worden end-to-end versleuteld.",
    "Сообщения и звонки защищены сквозным шифрованием.",
    "Mesajlar ve aramalar uçtan uca şifrelidir.",
    "Pesan dan panggilan terenkripsi secara end-to-end.",
    "Mesej dan panggilan disulitkan hujung ke hujung.",
    "Tin nhắn và cuộc gọi được mã hóa đầu cuối.",
    "ข้อความและการโทรได้รับการเข้ารหัสจากต้นทางถึงปลายทาง",
    "メッセージと通話はエンドツーエンドで暗号化されています。",
    "메시지와 통화는 종단간 암호화됩니다.",
    "मैसेज और कॉल एंड-टू-एंड एन्क्रिप्टेड हैं.",
    "الرسائل والمكالمات مشفرة تمامًا بين الطرفين.",
    "ההודעות והשיחות מוצפנות מקצה לקצה.",
    "Wiadomości i połączenia są zaszyfrowane metodą end-to-end.",
    "پیام‌ها و تماس‌ها رمزگذاری سرتاسر شده‌اند.",
]


def read(tmp_path: Path, text: str | bytes, name: str = "_chat.txt", told: FileSettings | None = None) -> Any:
    file = source(tmp_path / name, text, told or FileSettings())
    return file, rows(whatsapp.read(file, PARAMS))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_the_head_of_an_entry_is_read_in_every_language(tmp_path: Path, head: str) -> None:
    text = f"{head}Ann: where: here\nsecond line\n\n{head}+66 81 234 5678: yes\n"
    path = tmp_path / "chat of two.txt"
    path.write_text(text, encoding="utf-8")
    assert sniff(path, path.name, content(path), None)[0] == "whatsapp"
    file, found = read(tmp_path, text, "chat of two.txt")
    said = [row for row in found if row["form"] == "message"]
    assert [(row["at"], row["sender"], row["text"]) for row in said] == [
        ("line 1", "Ann", "where: here\nsecond line"), ("line 4", "+66 81 234 5678", "yes"),
    ]  # fmt: skip
    order = file.guessed.get("date_order") or file.habits.date_order
    at = moment(said[0]["sent_at"], order)
    assert at is not None
    assert at.replace(second=0).isoformat() == "2024-05-25T15:04:00"
    assert said[0]["sent_at"].isascii()


@pytest.mark.parametrize(
    ("dates", "order", "by"),
    [
        (("01/02/24", "02/02/24", "01/03/24"), "dmy", "the messages come one after another"),
        (("01/30/24", "02/02/24"), "mdy", "a number over 12"),
        (("1/2/24", "1/3/24", "2/1/24"), "mdy", "the messages come one after another"),
        (("01/02/24", "01/02/24"), "dmy", "no message tells"),
        (("23/12/30", "24/01/02", "24/02/01"), "ymd", "the messages come one after another"),
    ],
)
def test_day_and_month_are_told_by_the_order_of_the_messages(
    tmp_path: Path, dates: tuple[str, ...], order: str, by: str
) -> None:
    file, _ = read(tmp_path, "".join(f"{date}, 10:00 - Ann: hi\n" for date in dates))
    assert (file.guessed["date_order"], file.guessed["date_order_known_by"]) == (order, by)


def test_a_clock_with_capital_am_and_nothing_else_to_tell_is_american(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "1/2/24, 10:00 AM - Ann: hi\n")
    assert file.guessed["date_order_known_by"] == "the clock is written as in America"
    file, _ = read(tmp_path, "1/2/24, 10:00 AM - Ann: hi\n", told=FileSettings(date_order="dmy"))
    assert "date_order" not in file.guessed


def test_years_of_the_buddhist_era_are_told(tmp_path: Path) -> None:
    file, found = read(tmp_path, "1/2/67, 10:00 - Ann: hi\n")
    assert file.guessed["calendar"] == "Buddhist"
    assert found[0]["sent_at"] == "01/02/2567 10:00"


@pytest.mark.parametrize(
    "half", [("12:05 AM", "00:05"), ("12:05 PM", "12:05"), ("1:05 pm", "13:05"), ("上午12:05", "00:05")]
)
def test_noon_and_midnight_are_told_apart(tmp_path: Path, half: tuple[str, str]) -> None:
    _, found = read(tmp_path, f"25/05/2024, {half[0]} - Ann: hi\n")
    assert found[0]["sent_at"] == f"25/05/2024 {half[1]}"


@pytest.mark.parametrize("notice", NOTICES)
def test_the_notice_of_encryption_is_nobodys_message(tmp_path: Path, notice: str) -> None:
    ios = f"[25/05/2024, 15:04:09] Team: \u200e{notice}\n[25/05/2024, 15:05:09] Ann: hi\n"
    android = f"25/05/2024, 15:04 - {notice}\n25/05/2024, 15:05 - Ann: hi\n"
    for text in (ios, android, ios.replace("\u200e", "")):
        _, found = read(tmp_path, text)
        assert [(row["form"], row.get("sender")) for row in found] == [("unknown", None), ("message", "Ann")]
        assert notice in json.loads(found[0]["extra"])["2"]


def test_who_writes_of_encryption_still_writes(tmp_path: Path) -> None:
    says = ["Ann: hi", "Bob: ho", "Ann: all is end-to-end encrypted"]
    _, found = read(tmp_path, "".join(f"25/05/2024, 15:04 - {line}\n" for line in says))
    assert [row["text"] for row in found if row["form"] == "message"] == ["hi", "ho", "all is end-to-end encrypted"]


@pytest.mark.parametrize(
    "word",
    [
        "<Media omitted>",
        "\u200eimage omitted",
        "<省略影音内容>",
        "\u200e圖片已略去",
        "<Multimedia omitido>",
        "<Medien ausgeschlossen>",
        "<Без медиафайлов>",
        "<Media tidak disertakan>",
        "<Bỏ qua tệp phương tiện>",
        "This message was deleted",
        "此訊息已刪除。",
        "null",
    ],
)
def test_media_left_out_are_told_as_no_words(tmp_path: Path, word: str) -> None:
    _, found = read(tmp_path, f"[25/05/2024, 15:04:09] Ann: {word}\n[25/05/2024, 15:05:09] Bob: hi\n")
    assert [row["form"] for row in found] == ["unknown", "message"]
    assert json.loads(found[0]["extra"])["2"] == "Ann"


@pytest.mark.parametrize(
    ("name", "thread"),
    [
        ("WhatsApp Chat with Lin (2).txt", "Lin"),
        ("与小林的 WhatsApp 聊天.txt", "小林"),
        ("Chat de WhatsApp con Ana.txt", "Ana"),
        ("Conversa do WhatsApp com Zé.txt", "Zé"),
        ("แชท WhatsApp กับ นก.txt", "นก"),
        ("WhatsApp_Chat_with_Lin.txt", "Lin"),
    ],
)
def test_the_chat_is_named_in_the_name_of_its_file(tmp_path: Path, name: str, thread: str) -> None:
    _, found = read(tmp_path, "25/05/2024, 15:04 - Ann: hi\n", name)
    assert found[0]["thread"] == thread


@pytest.mark.parametrize(
    "line",
    ["Ann创建了群组“队”", "Ann creó el grupo «X»", "Ann hat die Gruppe „X“ erstellt", "Ann created group “X: Y”"],
)
def test_who_made_a_group_is_its_admin_in_every_language(tmp_path: Path, line: str) -> None:
    _, found = read(tmp_path, f"25/05/2024, 15:03 - {line}\n25/05/2024, 15:04 - Bob: hi\n25/05/2024, 15:04 - Cy: hi\n")
    assert [row["member"] for row in found if row.get("admin") == "true"] == ["Ann"]


def test_a_character_torn_in_two_breaks_its_own_message(tmp_path: Path) -> None:
    text = "25/05/2024, 15:04 - Ann: 你好\n25/05/2024, 15:05 - Bob: 再见\n".encode()
    _, found = read(tmp_path, text[:-2])
    assert [(row["form"], row["at"]) for row in found] == [("broken", "line 2"), ("message", "line 1")]
    assert found[0]["reason"] == "it holds bytes that are no characters"


def test_a_huge_message_breaks_itself(tmp_path: Path) -> None:
    file = source(tmp_path / "_chat.txt", f"25/05/2024, 15:04 - Ann: {'x' * 200}\n25/05/2024, 15:05 - Bob: hi\n")
    found = rows(whatsapp.read(file, EvidenceParams(max_cell_bytes=100)))
    assert [(row["form"], row.get("reason")) for row in found] == [("broken", "it is too long"), ("message", None)]
