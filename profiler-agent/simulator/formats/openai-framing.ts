// Tokens that OpenAI puts around messages, measured on recorded calls: 3 or 2 for the prompt, 4 for each message.

/** Role and start of a message; with the close below, 4 a message. */
export const MESSAGE_OPEN_TOKENS = 3
/** A cache mark on the only block of a message leaves this one out: 4012 of 4020 tokens in the recorded pair. */
export const MESSAGE_CLOSE_TOKENS = 1
/** One 1024 × 1024 image at high detail. Sizes are not looked at. */
export const IMAGE_TOKENS = 765

/** What opens the model's turn: 3 for gpt-4o and older, 2 for reasoning models and gpt-5 on. */
export function primingTokens(model: string): number {
  return /^(gpt-4|gpt-3|chatgpt-4)/.test(model) ? 3 : 2
}
