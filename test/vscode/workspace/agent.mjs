// The workspace of the tests in the extension host: they get a copy of this folder.
console.log('a small program')
