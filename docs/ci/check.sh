#!/bin/sh
# Runs the agent against the embedded model server and holds what it used against .costflame/budgets.jsonc.
# Needs no key and no network. Exit code: 0 fine, 1 a limit is exceeded, 3 it cannot be said.
set -eu

rm -f simulator.json
costflame simulate --script ci/replies.json > simulator.json &
simulator=$!
trap 'kill "$simulator"; rm -f simulator.json' EXIT
until [ -s simulator.json ]; do
  kill -0 "$simulator"
  sleep 0.1
done

OPENAI_BASE_URL=$(node -p 'JSON.parse(require("fs").readFileSync("simulator.json", "utf8")).openai')
export OPENAI_BASE_URL OPENAI_API_KEY=none

costflame run --agent order-desk --agent-version "${AGENT_VERSION:-1.0.0}" -- node agent.mjs ci/questions.json
costflame check --run latest
