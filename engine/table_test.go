package engine

import (
	"math/rand/v2"
	"testing"

	"goshawk/detect"
)

// key makes a key as hashes are: never 0, all of one shard.
func key(n uint64) uint64 { return (n*0x9E3779B97F4A7C15)>>6 | 1 }

// check compares a table with what it should hold: every key is found with its
// count, no other is, and no gap hides any.
func check(t *testing.T, tb *table, want map[uint64]uint32) {
	t.Helper()
	if tb.n != len(want) {
		t.Fatalf("the table counts %d records, want %d", tb.n, len(want))
	}
	held := 0
	for i := range tb.slots {
		if tb.slots[i].Key != 0 {
			held++
			if want[tb.slots[i].Key] != tb.slots[i].N {
				t.Fatalf("key %x counts %d, want %d", tb.slots[i].Key, tb.slots[i].N, want[tb.slots[i].Key])
			}
		}
	}
	if held != len(want) {
		t.Fatalf("%d slots are taken, want %d", held, len(want))
	}
	for k, n := range want {
		if a := tb.find(k); a == nil || a.N != n {
			t.Fatalf("key %x is lost", k)
		}
	}
}

// exercise works a table through counts and deletions beside a map.
func exercise(t *testing.T, ops []byte) {
	tb, want := newTable(1<<20), map[uint64]uint32{}
	for i := 0; i+1 < len(ops); i += 2 {
		// Keys of few homes collide; the highest wrap around the table's end.
		k := key(uint64(ops[i+1]))
		if ops[i]&1 != 0 {
			k = 1<<58 - 1 - uint64(ops[i+1])<<1
		}
		if ops[i]&6 != 6 {
			tb.get(k).N++
			want[k]++
			continue
		}
		if a := tb.find(k); a != nil {
			for j := range tb.slots {
				if &tb.slots[j] == a {
					tb.drop(j)
					break
				}
			}
			delete(want, k)
		} else if want[k] != 0 {
			t.Fatalf("key %x is lost", k)
		}
	}
	check(t, tb, want)
}

func TestTableIsAMap(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		ops := make([]byte, 2+r.IntN(4000))
		for i := range ops {
			ops[i] = byte(r.Uint32())
		}
		exercise(t, ops)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x02\x06\x01\x01\x01\x07\x01"))
	f.Fuzz(exercise)
}

// The budget holds: what is forgotten is counted, and it is the least of those
// looked at, never whoever is being watched.
func TestEviction(t *testing.T) {
	tb := newTable(4 * 64 * 100) // a hundred records
	watched := map[uint64]bool{}
	for n := range uint64(5) {
		a := tb.get(key(n))
		a.N, a.Flags = 1, detect.Watched
		watched[a.Key] = true
	}
	for n := range uint64(100_000) {
		tb.get(key(n+20)).N++
	}
	if tb.n > tb.max || tb.max != 100 {
		t.Errorf("%d records, of which the budget allows %d", tb.n, tb.max)
	}
	if len(tb.slots) > 2*tb.max+16 {
		t.Errorf("%d slots for %d records", len(tb.slots), tb.max)
	}
	if want := int64(100_005 - tb.n); tb.evicted != want {
		t.Errorf("%d were forgotten, want %d", tb.evicted, want)
	}
	for k := range watched {
		if tb.find(k) == nil {
			t.Errorf("%x was watched, and is forgotten", k)
		}
	}
}

// What a forgotten record pointed to is used again, cleared.
func TestDropReleases(t *testing.T) {
	tb := newTable(1 << 20)
	for round := range 1000 {
		a := tb.get(key(uint64(round)))
		a.Volume, a.Auth, a.Objects = tb.volumes.take(), tb.auths.take(), tb.glimpses.take()
		g := tb.glimpses.at(a.Objects)
		if *tb.volumes.at(a.Volume) != (detect.Volume{}) || *tb.auths.at(a.Auth) != (detect.Auth{}) || *g != (glimpse{}) {
			t.Fatal("what is taken is not clear")
		}
		tb.volumes.at(a.Volume).Peak, tb.auths.at(a.Auth).N = 7, 7
		for range 3 {
			ref := tb.objects.take()
			o := tb.objects.at(ref)
			if *o != (detect.Objects{}) {
				t.Fatal("what is taken is not clear")
			}
			o.N, o.Next, g.full = 7, g.full, ref
		}
		for i := range tb.slots {
			if tb.slots[i].Key == key(uint64(round)) {
				tb.drop(i)
				break
			}
		}
	}
	if tb.n != 0 || tb.volumes.n != 1 || tb.auths.n != 1 || tb.glimpses.n != 1 || tb.objects.n != 3 {
		t.Errorf("%d records; %d volumes, %d auths, %d glimpses, %d objects", tb.n, tb.volumes.n, tb.auths.n, tb.glimpses.n, tb.objects.n)
	}
}

func TestSlab(t *testing.T) {
	s := slab[int]{max: 130}
	seen := map[uint32]bool{}
	for i := range 130 {
		ref := s.take()
		if ref == 0 || seen[ref] {
			t.Fatalf("the %dth is %d", i, ref)
		}
		seen[ref] = true
		*s.at(ref) = i
	}
	if s.take() != 0 {
		t.Error("the budget does not hold")
	}
	s.release(0) // none
	s.release(77)
	if ref := s.take(); ref != 77 || *s.at(ref) != 0 {
		t.Errorf("got %d, want 77 back, cleared", ref)
	}
	if *s.at(78) != 77 {
		t.Error("a neighbour changed")
	}
}

func TestOwners(t *testing.T) {
	o := newOwners(1 << 20)
	f := func(object uint64, who uint32, ok bool, want owner) {
		t.Helper()
		if was := o.touch(object, who, ok); was != want {
			t.Errorf("object %x by %d: was %+v, want %+v", object, who, was, want)
		}
	}
	a := key(1)
	f(a, 1, true, owner{})
	f(a, 1, true, owner{a, 1, 1, false})
	f(a, 2, false, owner{a, 1, 2, false})
	f(a, 2, true, owner{a, 1, 3, false})
	f(a, 1, true, owner{a, 1, 4, true})
	f(key(2), 9, true, owner{})
}

// Owners are kept while there is room, and use no more than they may.
func TestOwnersWithinBudget(t *testing.T) {
	o := newOwners(64 * 256)
	for n := range uint64(100_000) {
		o.touch(key(n), 1, true)
	}
	if len(o.sets) > 256 {
		t.Errorf("%d sets, of which the budget allows 256", len(o.sets))
	}
	few := newOwners(1 << 20)
	for n := range uint64(1000) {
		few.touch(key(n), uint32(n), true)
	}
	kept := 0
	for n := range uint64(1000) {
		if was := few.touch(key(n), uint32(n), true); was.who == uint32(n) && was.count == 1 {
			kept++
		}
	}
	if kept < 900 {
		t.Errorf("%d of 1000 objects have kept their owner", kept)
	}
}
