// Process entry of the `costflame` command; the only file that reads process.argv or exits.
process.exitCode = 70
