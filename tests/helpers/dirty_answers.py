"""Answers as real models write them, each with the story in it; and stories that only look so."""

from __future__ import annotations

import re

OPENING = re.compile(
    r"(?:(?:sure|okay)[!,] ?)?here(?:'s| is) (?:the|your) (?:next )?(?:paragraph|story)", re.IGNORECASE
)
"""As English's own, in short."""

SEA = "The sea was grey. Mara counted the boats, and there was one too few.\n\nShe took the lamp and went down."

THOUGHTS = {
    "closed": f"<think>\nShe should go down.\n</think>\n\n{SEA}",
    "lone closing tag": f"First the boats, then the lamp.\n\nLet me write it.\n</think>\n\n{SEA}",
    "lone closing tag on its line": f"I call it 'The Lamp'</think>{SEA}",
    "thinking": f"<thinking>Plan.</thinking>\n{SEA}",
    "thought": f"<thought>Plan.</thought>{SEA}",
    "capitals": f"<THINK>Plan.</THINK>\n{SEA}",
    "attributes": f'<think budget="200" lang=en>Plan.</think>{SEA}',
    "nested": f"<think>One.\n<think>Two.</think>\nThree.</think>{SEA}",
    "named in thought": f"<think>I close it with `</think>` at the end.</think>{SEA}",
    "brackets": f"[THINK]Plan.[/THINK]{SEA}",
    "triangles": f"◁think▷Plan.◁/think▷{SEA}",
    "seed": f"<seed:think>Plan.</seed:think>{SEA}",
    "reasoning": f"<reasoning>\nPlan.\n</reasoning>\n{SEA}",
    "begin of thought": f"<|begin_of_thought|>Plan.<|end_of_thought|>{SEA}",
    "channels": "<|channel|>analysis<|message|>Plan <b>it</b>.<|end|><|start|>assistant<|channel|>final<|message|>"
    f"{SEA}<|return|>",
    "two channels": "<|channel|>analysis<|message|>Plan.<|end|><|start|>assistant<|channel|>commentary<|message|>"
    f"Hm.<|end|><|start|>assistant<|channel|>final<|message|>{SEA}",
    "Gemma's channel": f"<|channel>thought\nPlan.\n<channel|>{SEA}",
    "twice": f"<think>One.</think>\n<think>Two.</think>\n{SEA}",
    "between paragraphs": SEA.replace("\n\n", "\n\n<think>\nAnd now?\n</think>\n\n"),
}
LEFTOVERS = {
    "im_end": f"{SEA}<|im_end|>",
    "a turn made up": f"{SEA}<|im_end|>\n<|im_start|>user\nGo on.<|im_end|>\n<|im_start|>assistant\nNo.",
    "its own turn": f"<|im_start|>assistant\n{SEA}<|im_end|>",
    "end of sequence": f"{SEA}</s>",
    "both ends": f"<s>{SEA}</s>",
    "Llama": f"<|start_header_id|>assistant<|end_header_id|>\n\n{SEA}<|eot_id|>",
    "Gemma": f"<start_of_turn>model\n{SEA}<end_of_turn>",
    "Mistral": f"[INST] [/INST]{SEA}</s>",
    "Phi": f"{SEA}<|end|>",
    "instruction": f"{SEA}\n\n### Instruction:\nWrite on.",
    "response": f"### Response:\n{SEA}",
    "unknown mark": f"{SEA}<|fim_pad|>",
    "entities": SEA.replace("Mara", "&quot;Mara&quot;").replace("&quot;", "&quot;"),
    "control signs": SEA.replace("sea", "s\x00e\x07a").replace("lamp", "\x1b[1mlamp\x1b[0m"),
    "zero width": SEA.replace("boats", "bo\u200bats\ufeff"),
    "lone surrogate": SEA.replace("grey", "gr\ud83dey\udc00"),
    "carriage returns": SEA.replace("\n", "\r\n"),
    "line separators": SEA.replace("\n\n", "\u2028\u2029"),
    "marks of direction": f"\u202a{SEA}\u202c",
    "white space": f"\n\n  {SEA}  \n\n",
}
REMARKS = {
    "a nod and an opening": f"Sure! Here's the next paragraph:\n\n{SEA}",
    "an opening and a rule": f"Okay, here's the story:\n\n---\n\n{SEA}\n\n---",
    "a nod on its line": f"Sure!\n\nHere is the next paragraph:\n\n{SEA}",
    "a chapter": f"# Chapter 12\n\n{SEA}",
    "a number": f"**Paragraph 12:**\n\n{SEA}",
    "a number before the text": f"**Paragraph 12:** {SEA}",
    "a label": f"Next paragraph:\n{SEA}",
    "a title": f"## The Lamp\n\n{SEA}",
    "the plan": f"**Plan:** Mara goes down with the lamp.\n\n{SEA}",
    "a count": f"{SEA}\n\n(Word count: 212)",
    "a bare count": f"{SEA}\n\n*[212 words]*",
    "a bold count": f"{SEA}\n\n**Word count:** 212 words",
    "an offer": f"{SEA}\n\nWould you like me to continue?",
    "another offer": f"{SEA}\n\nLet me know if you'd like any changes to this passage!",
    "a hope": f"{SEA}\n\n---\n\nI hope this paragraph meets your expectations.",
    "a note": f"{SEA}\n\nNote: This passage follows the plan in 20 sentences.",
    "an end mark": f"{SEA}\n\n[End of paragraph]",
    "all of them": f"Sure! Here's the next paragraph:\n\n{SEA}\n\n(Word count: 212)\n\nWould you like me to continue?",
    "a fence": f"```\n{SEA}\n```",
    "a fence with a word": f"```markdown\n{SEA}\n```",
    "an opening and a fence": f"Here is the story:\n\n```text\n{SEA}\n```\n\nShall I write the next scene?",
    "a count in Chinese": f"{SEA}\n\n（字数：212）",
    "an offer in Chinese": f"{SEA}\n\n如果您需要，我可以继续写下一段。",
}
WITH_A_STORY = THOUGHTS | LEFTOVERS | REMARKS

LOOK_ALIKES = {
    "a tag that was typed": "She typed <think> and pressed return. Then came </think> and nothing else. It was late.",
    "a tag in quotes": "“</think>”, he read. “What is that?” The screen wrote `<think>` again.",
    "less than": "He had 3 < 4 coins & 5 > 2 debts. [No one] knew; #7 was his number.",
    "markup": "The page said <b>closed</b> and &lt;div&gt;, and <s>never</s> was struck through. He sighed.",
    "code in the story": "She opened the file.\n\n```python\nprint('help')\n```\n\nIt still ran, after forty years.",
    "a listing with less than": "for (i = 0; i < n; i++) stood on the wall. <script> tags were long forgotten.",
    "Persian": "او گفت: «می‌خواهم بروم.» و نمی‌توانست.",
    "Hebrew": "הוא אמר\u200f: (שלום)\u200e.",
    "Hindi": "क्\u200dष और न\u200cही।",
    "emoji": "She sent 👨‍👩‍👧‍👦 and 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f, ❤️ and 1️⃣, 👍🏽.",
    "Thai": "เขา\u200bพูด\u200bว่า",
    "a letter": "Here is what the letter said:\n\nCome home. The lamp is out, and nobody else can climb.",
    "a nod in the story": "Sure!\n\nThat was all he said, and it was not much.",
    "a question in the story": "Would you like me to continue?\n\nNobody spoke. He shut the book.",
    "a question at the end": "He shut the book and looked up.\n\n“Would you like me to continue?” he asked.",
    "a rule in the story": "The door closed.\n\n---\n\nIn spring it opened again.",
    "a count in the story": "Word count: 212, said the counter.\n\nHe laughed, and typed one more.",
    "a note in the story": "Note: the key is under the stairs.\n\nThat was all. She folded it.",
    "a plan in the story": "The plan was simple: go down, take the lamp.\n\nIt failed.",
    "a chapter in the story": "She read on.\n\nChapter 12\n\nThe words swam.",
    "a heading hash": "He wrote #freedom on the wall. ### was on the next one, and nobody knew why.",
    "an ampersand": "Smith & Sons had closed; AT&T too. &c., said the notice.",
}
"""Stories that stay to the letter."""

EVERY = {
    **WITH_A_STORY,
    **LOOK_ALIKES,
    "open thought": f"<think>{SEA}",
    "nothing": "",
    "only an offer": "Shall I go on with the story?",
}


def story_in(name: str) -> str:
    """What is to be left of an answer."""
    if name in LOOK_ALIKES:
        return LOOK_ALIKES[name]
    if name == "entities":
        return SEA.replace("Mara", '"Mara"')
    return SEA
