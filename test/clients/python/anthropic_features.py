"""Python's anthropic package against the gateway: whole, streamed, tools, thinking, counting, errors."""

import json
import os

import anthropic

client = anthropic.Anthropic(base_url=os.environ["ORIGIN"], api_key=os.environ["API_KEY"], max_retries=0)
TOOL = {
    "name": "get_weather",
    "description": "Weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
result = {}
for model in os.environ["MODELS"].split(","):
    found = {}
    whole = client.messages.create(model=model, max_tokens=512, messages=[{"role": "user", "content": "Say hello"}])
    found["whole"] = whole.content[0].text
    found["stop"] = whole.stop_reason
    with client.messages.stream(
        model=model, max_tokens=512, messages=[{"role": "user", "content": "Say hello"}]
    ) as stream:
        found["streamed"] = "".join(stream.text_stream)
    asked = [{"role": "user", "content": 'call get_weather {"city":"Paris"}'}]
    with client.messages.stream(model=model, max_tokens=512, messages=asked, tools=[TOOL]) as stream:
        message = stream.get_final_message()
    use = next(block for block in message.content if block.type == "tool_use")
    found["tool"] = [use.name, use.input, message.stop_reason]
    after = client.messages.create(
        model=model,
        max_tokens=512,
        tools=[TOOL],
        messages=[
            *asked,
            {"role": "assistant", "content": message.content},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "sunny"}]},
        ],
    )
    found["after_tool"] = after.content[-1].text
    found["count"] = client.messages.count_tokens(model=model, messages=asked).input_tokens
    result[model] = found
try:
    client.messages.create(model="no-such-model", max_tokens=5, messages=[{"role": "user", "content": "x"}])
except anthropic.APIStatusError as error:
    result["error"] = [type(error).__name__, error.status_code, error.body["error"]["type"]]
print(json.dumps(result))
