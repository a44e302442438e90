package inventory

import (
	"slices"

	"goshawk/event"
	"goshawk/sketch"
)

// CloudSums are what the callers of a cloud's API do, by the role that they
// share, and how often they are refused.
type CloudSums struct {
	Calls    []sketch.Few // principals that made a call, by role and call; nil until there is a cloud
	RefusedK uint64       // votes: of each principal's first calls of sixteen kinds or less, how many were refused at once
	RefusedN uint64
}

// cloudRoles and CloudCalls are how many roles, and how many calls of each, are
// told apart: 256 KiB.
const cloudRoles, CloudCalls = 512, 128

// PriorRefused is the share of the kinds of calls that a principal is refused.
var PriorRefused = sketch.Beta{A: 1, B: 10}

// CallBit is the number that stands for a call in sets of CloudCalls. Numbers
// of templates grow one by one: this spreads them evenly.
func CallBit(template uint32) uint { return uint((template * 0x9E3779B1) >> 25) }

// Call counts that a principal used a role to make a call.
func (c *CloudSums) Call(r *event.Rec) {
	if r.Role == 0 {
		return
	}
	if c.Calls == nil {
		c.Calls = make([]sketch.Few, cloudRoles*CloudCalls)
	}
	c.Calls[uint(r.Role>>1)%cloudRoles*CloudCalls+CallBit(r.Template)].Add(r.Principal)
}

func (c *CloudSums) merge(o *CloudSums) {
	c.RefusedK += o.RefusedK
	c.RefusedN += o.RefusedN
	if o.Calls == nil {
		return
	}
	if c.Calls == nil {
		c.Calls = make([]sketch.Few, cloudRoles*CloudCalls)
	}
	for i, f := range o.Calls {
		c.Calls[i] |= f
	}
	clear(o.Calls)
}

// Cloud is what is normal for callers of a cloud's API.
type Cloud struct {
	Refused sketch.Beta // share of the kinds of calls that a principal is refused
	calls   []sketch.Few
}

func (c *CloudSums) solve() Cloud {
	return Cloud{Refused: learned(PriorRefused, c.RefusedK, c.RefusedN), calls: slices.Clone(c.Calls)}
}

// Role tells of a role's sessions: how many there were, and which calls at
// least two of them made.
func (c *Cloud) Role(role uint16) (sessions int, usual [2]uint64) {
	if role == 0 || c.calls == nil {
		return 0, usual
	}
	at := uint(role>>1) % cloudRoles * CloudCalls
	all := sketch.Few(0)
	for i, f := range c.calls[at : at+CloudCalls] {
		all |= f
		if f&(f-1) != 0 {
			usual[i>>6] |= 1 << (i & 63)
		}
	}
	return all.Count(), usual
}
