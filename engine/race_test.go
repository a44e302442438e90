//go:build race

package engine_test

// slow says that the race detector watches, which makes all of this ten times
// slower: logs are shorter then.
const slow = true
