// Environment by which `costflame run` tells its profiler what to do.

/** Token of a profiler that died, for the one that takes its place, so that its programs stay authorised. */
export const SERVE_TOKEN = 'COSTFLAME_SERVE_TOKEN'

/** The upstreams that programs of a profiler that died were promised (`GivenUpstreams` as JSON), for the one that takes its place. */
export const SERVE_UPSTREAMS = 'COSTFLAME_SERVE_UPSTREAMS'

/** The run that the profiler is started for, as JSON. */
export const SERVE_RUN = 'COSTFLAME_SERVE_RUN'

/** The options of `serve` as JSON, in the place of a command line: to read one takes a fifth of the profiler's start. */
export const SERVE_OPTIONS = 'COSTFLAME_SERVE_OPTIONS'
