"""The Responses API of Python's openai package against the gateway: whole, streamed, tools, structured output, image."""

import json
import os

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], max_retries=0)
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather of a city",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


class Person(BaseModel):
    name: str
    age: int


def ask(model: str) -> dict:
    found = {}
    whole = client.responses.create(model=model, input="Say hello", store=False)
    found["status"] = whole.status
    found["whole"] = whole.output_text
    found["tokens"] = whole.usage.total_tokens

    kinds = []
    streamed = ""
    for event in client.responses.create(model=model, input="Say hello", store=False, stream=True):
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            streamed += event.delta
    found["streamed"] = streamed
    found["ends"] = [kinds[0], kinds[-1]]

    asked = [{"role": "user", "content": 'call get_weather {"city":"Paris"} and call get_weather {"city":"Rome"}'}]
    with client.responses.stream(model=model, input=asked, tools=[TOOL], store=False) as stream:
        first = stream.get_final_response()
    calls = [item for item in first.output if item.type == "function_call"]
    found["calls"] = [[call.name, json.loads(call.arguments)] for call in calls]
    results = [
        {"type": "function_call_output", "call_id": call.call_id, "output": f"sunny in {at}"}
        for at, call in enumerate(calls)
    ]
    history = [*asked, *[item.model_dump(exclude_none=True) for item in first.output], *results]
    after = client.responses.create(model=model, input=history, tools=[TOOL], store=False)
    found["after_tools"] = after.output_text

    parsed = client.responses.parse(model=model, input="Who?", text_format=Person, store=False)
    found["person"] = parsed.output_parsed.model_dump()

    content = [
        {"type": "input_text", "text": "say: a dot"},
        {"type": "input_image", "detail": "auto", "image_url": PIXEL},
    ]
    seen = client.responses.create(model=model, input=[{"role": "user", "content": content}], store=False)
    found["image"] = seen.output_text
    return found


print(json.dumps({model: ask(model) for model in os.environ["MODELS"].split(",")}))
