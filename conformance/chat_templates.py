"""transformers' answers about chat templates, for dev.imago.templates.ChatTemplateConformanceTest: one command, JSON in, JSON out, by file.

  python chat_templates.py render CASES.json OUT.json     each {"template", "variables"}: {"text", "spans"} or {"refused"}; the clock stands at TIME
  python chat_templates.py continue CASES.json OUT.json   the same with continue_final_message, without spans
  python chat_templates.py features FEATURES.txt VARIABLES.json OUT.json   writes the expected texts that the build's own test reads

A text that shows an address, which no two runs share, is answered by {"skipped"}.
"""
import datetime
import json
import re
import sys

from transformers.utils import chat_template_utils

TIME = (2024, 7, 26, 9, 5, 7, 1234)
DEFAULTS = {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>"}


class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(*TIME)


chat_template_utils.datetime = Fixed


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=0)


def answered(action):
    try:
        text, spans = action()
    except Exception as error:  # whatever it is, transformers gives no text
        own = type(error).__name__ == "TemplateError"
        return {"refused": str(error) if own else ""}
    if re.search(r" at 0x[0-9a-f]+", text):
        return {"skipped": True}
    return {"text": text, "spans": [[min(place, len(text)) for place in span] for span in spans]}


def rendered(template, variables):
    def action():
        compiled = chat_template_utils._compile_jinja_template(template)
        blocks, spans = [], []
        with compiled.environment.activate_tracker(blocks, spans):
            for block in compiled.generate(**{**DEFAULTS, **variables}):
                blocks.append(block)
        return "".join(blocks), spans

    return answered(action)


def continued(template, variables):
    def action():
        rest = {**DEFAULTS, **variables}
        messages = rest.pop("messages")
        texts, _ = chat_template_utils.render_jinja_template(
            [messages], chat_template=template, continue_final_message=True, **rest)
        return texts[0], []

    return answered(action)


def render(cases, out):
    write(out, [rendered(case["template"], case["variables"]) for case in read(cases)])


def go_on(cases, out):
    write(out, [continued(case["template"], case["variables"]) for case in read(cases)])


def features(templates, variables, out):
    with open(templates, encoding="utf-8", newline="") as file:
        cases = [template for template in file.read().split("\n====\n") if template]
    values = read(variables)
    write(out, [{"template": template, **rendered(template, values)} for template in cases])


{"render": render, "continue": go_on, "features": features}[sys.argv[1]](*sys.argv[2:])
