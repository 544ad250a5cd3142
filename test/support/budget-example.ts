// A budget file as people write it, with a derived limit, limits set by hand, and each kind of object once.

export const EXAMPLE_BUDGETS = `{
  "$schema": "./budgets.schema.json",
  "version": 1,
  "agents": {
    "support-agent": {
      "agentVersion": "1.4.0",
      "limits": { "costUsd": 0.05 },
      "steps": { "plan": { "limits": { "inputTokens": 4000 } } },
      "intents": {
        "order-status-lookup": {
          // p95 4,100 and p99 5,000 tokens over 212 invocations, +20 %
          "limits": { "totalTokens": 6000, "retrievalTokens": 3000, "outputTokensPerCall": 800, "toolCalls": 3 },
          "clampOutput": true,
          "onExceed": "escalate", "escalation": "support-lead",
          "baseline": { "invocations": 212, "measuredAt": "2026-11-20", "headroom": 0.2, "prices": "sha256:…",
                        "totalTokens": { "p50": 2900, "p95": 4100, "p99": 5000 } }
        }
      }
    }
  },
  "workflows": { "refund": { "rootAgent": "orchestrator", "limits": { "costUsd": 0.25, "totalTokens": 60000, "agents": 5 } } },
  "workspace": { "limits": { "costUsdPerRun": 1, "costUsdPerDay": 10 } },
  "gate": { "percentile": "p95", "minInvocations": 5, "tolerance": 0.1 }
}
`
