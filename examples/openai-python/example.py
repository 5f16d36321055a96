import os

from openai import NotFoundError, OpenAI

client = OpenAI(
    base_url=os.environ.get("JETWAY_URL", "http://127.0.0.1:4000") + "/v1",
    api_key=os.environ.get("JETWAY_API_KEY", "unused"),
)
question = [{"role": "user", "content": "How do I optimize this SQL query?"}]

answer = client.chat.completions.create(model="gpt-4o", messages=question)
print("chat:", answer.choices[0].message.content)

print("streamed: ", end="")
for chunk in client.chat.completions.create(model="gpt-4o", messages=question, stream=True):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
print()

response = client.responses.create(model="claude-sonnet-4.5", input="Name three rivers")
print("responses:", response.output_text)

vector = client.embeddings.create(model="text-embedding-3-small", input="a river").data[0].embedding
print("embedding:", len(vector), "numbers")

try:
    client.chat.completions.create(model="gpt-4oo", messages=question)
except NotFoundError as error:
    print("error:", error.status_code, error.body["message"])
