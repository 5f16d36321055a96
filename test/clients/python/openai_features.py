"""Tools, parallel tools, structured output, vision and error classes of Python's openai package against the gateway."""

import json
import os

import openai
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], max_retries=0)
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Person(BaseModel):
    name: str
    age: int


result = {}

asked = [{"role": "user", "content": 'call get_weather {"city":"Paris"} and call get_weather {"city":"Rome"}'}]
first = client.chat.completions.create(model="gpt-4o", messages=asked, tools=[WEATHER]).choices[0]
calls = first.message.tool_calls or []
result["tool_calls"] = [[call.function.name, json.loads(call.function.arguments)] for call in calls]
result["tool_finish"] = first.finish_reason

streamed: dict[int, dict] = {}
for chunk in client.chat.completions.create(model="gpt-4o", messages=asked, tools=[WEATHER], stream=True):
    for part in chunk.choices[0].delta.tool_calls or []:
        entry = streamed.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
        entry["id"] += part.id or ""
        entry["name"] += part.function.name or ""
        entry["arguments"] += part.function.arguments or ""
result["streamed_calls"] = [[entry["name"], json.loads(entry["arguments"])] for _, entry in sorted(streamed.items())]

answered = [
    *asked,
    first.message,
    *[{"role": "tool", "tool_call_id": call.id, "content": f"sunny in {i}"} for i, call in enumerate(calls)],
]
final = client.chat.completions.create(model="gpt-4o", messages=answered, tools=[WEATHER]).choices[0]
result["after_tools"] = final.message.content

parsed = client.beta.chat.completions.parse(
    model="gpt-4o", messages=[{"role": "user", "content": "Who?"}], response_format=Person
)
result["person"] = parsed.choices[0].message.parsed.model_dump()

vision = client.chat.completions.create(
    model="gpt-4o",
    messages=[
        {
            "role": "user",
            "content": [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PIXEL}}],
        }
    ],
)
result["vision"] = bool(vision.choices[0].message.content)

errors = {}
for name, arguments in {
    "unknown_model": {"model": "no-such-model", "messages": asked},
    "bad_messages": {"model": "gpt-4o", "messages": "nonsense"},
}.items():
    try:
        client.chat.completions.create(**arguments)
    except openai.APIStatusError as error:
        errors[name] = [type(error).__name__, error.status_code]
try:
    OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-wrong", max_retries=0).models.list()
except openai.APIStatusError as error:
    errors["wrong_key"] = [type(error).__name__, error.status_code]
result["errors"] = errors
print(json.dumps(result))
