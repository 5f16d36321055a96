import os

# No look-up of prices on the network: Jetway knows what a call cost.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import litellm

gateway = {
    "api_base": os.environ.get("JETWAY_URL", "http://127.0.0.1:4000"),
    "api_key": os.environ.get("JETWAY_API_KEY", "unused"),
}
question = [{"role": "user", "content": "Review this code for bugs"}]

# The name behind `litellm_proxy/` is the gateway's; both spellings are the same model.
answer = litellm.completion(
    model="litellm_proxy/github_copilot/gpt-4o", messages=question, **gateway
)
print("chat:", answer.choices[0].message.content)

print("streamed: ", end="")
for chunk in litellm.completion(
    model="litellm_proxy/claude-sonnet-4.5", messages=question, stream=True, **gateway
):
    print(chunk.choices[0].delta.content or "", end="")
print()
