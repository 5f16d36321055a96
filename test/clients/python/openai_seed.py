"""The seed's OpenAI SDK example, streamed and whole, against the gateway named by BASE_URL and API_KEY."""

import json
import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"])
HEADERS = {"editor-version": "vscode/1.85.1", "Copilot-Integration-Id": "vscode-chat"}
MESSAGES = [{"role": "user", "content": "How do I optimize this SQL query?"}]

response = client.chat.completions.create(
    model="github_copilot/gpt-4", messages=MESSAGES, extra_headers=HEADERS
)
streamed = ""
finish = None
for chunk in client.chat.completions.create(
    model="github_copilot/gpt-4", messages=MESSAGES, stream=True, extra_headers=HEADERS
):
    if chunk.choices[0].delta.content is not None:
        streamed += chunk.choices[0].delta.content
    finish = chunk.choices[0].finish_reason or finish

embedding = client.embeddings.create(model="text-embedding-3-small", input="hello")
print(
    json.dumps(
        {
            "whole": response.choices[0].message.content,
            "streamed": streamed,
            "finish": finish,
            "total_tokens": response.usage.total_tokens,
            "object": response.object,
            "models": [model.id for model in client.models.list()],
            "dimensions": len(embedding.data[0].embedding),
        }
    )
)
