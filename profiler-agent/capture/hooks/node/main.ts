// Entry of the Node hook: leaves old Nodes alone, then installs. Anything that goes wrong is ours to swallow.

const OLDEST_NODE = 18

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  try {
    // Required late: an older Node knows neither `node:` names nor what the rest is written with.
    const { install } = require('./install') as typeof import('./install')
    install()
  } catch {
    // The program must run as if we were not there; `costflame run` says that nothing was captured.
  }
}
