// Command labelcheck verifies what goshawk simulate wrote from the files alone:
// it reads the JSON log with the standard library, not with our decoders, and
// compares it with the labels and the truth beside it.
//
//	labelcheck DIR…
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	for _, dir := range os.Args[1:] {
		s, err := check(dir)
		if err != nil {
			log.Fatalf("%s: %v", dir, err)
		}
		fmt.Printf("%s: %s\n", dir, s)
	}
}

type actor struct{ Scope, Value string }

type campaign struct {
	Campaign, Events   int
	Behaviour, Variant string
	First, Last        time.Time
	Members, Stolen    []actor
}

// check returns what it has seen, or the first thing that does not hold.
func check(dir string) (string, error) {
	campaigns, benign, requests, err := truth(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		return "", err
	}
	member := map[actor]map[int]bool{}
	stolen := map[actor]bool{} // whose owners go on using them
	for _, c := range campaigns {
		if c.Events > 0 && len(c.Members) == 0 {
			return "", fmt.Errorf("campaign %d (%s %s) has no member: nobody could be named for it", c.Campaign, c.Behaviour, c.Variant)
		}
		for _, s := range c.Stolen {
			stolen[s] = true
		}
		for _, m := range c.Members {
			if member[m] == nil {
				member[m] = map[int]bool{}
			}
			member[m][c.Campaign] = true
			if benign[m] {
				return "", fmt.Errorf("%v is both a member and innocent", m)
			}
		}
	}
	labels, err := os.Open(filepath.Join(dir, "labels.tsv"))
	if err != nil {
		return "", err
	}
	defer labels.Close()
	label := bufio.NewScanner(labels)
	label.Scan() // names
	next, of := 0, 0
	advance := func() error {
		next, of = 0, 0
		if !label.Scan() {
			return label.Err()
		}
		f := strings.Split(label.Text(), "\t")
		if len(f) != 5 {
			return fmt.Errorf("label %q has %d fields", label.Text(), len(f))
		}
		next, _ = strconv.Atoi(f[0])
		of, _ = strconv.Atoi(f[2])
		if of < 1 || of > len(campaigns) || f[3] != campaigns[of-1].Behaviour || f[4] != campaigns[of-1].Variant {
			return fmt.Errorf("label %q is of no campaign", label.Text())
		}
		return nil
	}
	if err := advance(); err != nil {
		return "", err
	}

	in, err := os.Open(filepath.Join(dir, "json.log"))
	if err != nil {
		return "", err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	n, innocent, before := 0, 0, time.Time{}
	seen := make([]campaign, len(campaigns))
	shared := map[actor][2]int{} // lines of a member: of campaigns, and of the innocent
	for lines.Scan() {
		n++
		all, at, err := actors(lines.Bytes())
		if err != nil {
			return "", fmt.Errorf("line %d: %w", n, err)
		}
		if at.Before(before) {
			return "", fmt.Errorf("line %d is earlier than the line before it", n)
		}
		before = at
		now := 0
		if n == next {
			now = of
			if err := advance(); err != nil {
				return "", err
			}
		}
		if now == 0 {
			innocent++
		} else {
			c := &seen[now-1]
			if c.Events == 0 {
				c.First = at
			}
			c.Events++
			c.Last = at
		}
		for _, a := range all {
			switch {
			case member[a] != nil:
				s := shared[a]
				if now == 0 {
					s[1]++
				} else {
					s[0]++
				}
				shared[a] = s
			case !benign[a]:
				return "", fmt.Errorf("line %d: %v is neither a member nor innocent", n, a)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	if next != 0 {
		return "", fmt.Errorf("label of line %d: the log has %d", next, n)
	}
	if innocent != requests {
		return "", fmt.Errorf("%d requests are innocent, the truth says %d", innocent, requests)
	}
	for i, c := range campaigns {
		s := seen[i]
		if s.Events != c.Events || c.Events > 0 && (s.First.Sub(c.First).Abs() > time.Second || s.Last.Sub(c.Last).Abs() > time.Second) {
			return "", fmt.Errorf("campaign %d: %d requests from %v to %v, the truth says %d from %v to %v", c.Campaign, s.Events, s.First, s.Last, c.Events, c.First, c.Last)
		}
	}
	for a, s := range shared {
		if s[1]*4 > s[0] && !stolen[a] || s[0] == 0 {
			return "", fmt.Errorf("%v is a member, but %d of its %d lines are the innocent's", a, s[1], s[0]+s[1])
		}
	}
	return fmt.Sprintf("%d lines, %d campaigns, %d members and %d innocent actors agree", n, len(campaigns), len(member), len(benign)), nil
}

func truth(name string) (campaigns []campaign, benign map[actor]bool, requests int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, 0, err
	}
	defer f.Close()
	benign = map[actor]bool{}
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var x struct {
			campaign
			Requests int
			Benign   *actor
		}
		if err := dec.Decode(&x); err == io.EOF {
			return campaigns, benign, requests, nil
		} else if err != nil {
			return nil, nil, 0, err
		}
		switch {
		case x.Benign != nil:
			benign[*x.Benign] = true
		case x.Campaign > 0:
			campaigns = append(campaigns, x.campaign)
		default:
			requests = x.Requests
		}
	}
}

// actors lists whom a line of nginx's JSON log names.
func actors(line []byte) (all []actor, at time.Time, err error) {
	var x struct {
		Msec    float64 `json:"msec"`
		Addr    string  `json:"remote_addr"`
		User    string  `json:"remote_user"`
		Agent   string  `json:"http_user_agent"`
		Key     string  `json:"http_x_api_key"`
		Session string  `json:"session"`
		Account string  `json:"account"`
		JA4     string  `json:"ja4"`
	}
	if err := json.Unmarshal(line, &x); err != nil {
		return nil, at, err
	}
	a, err := netip.ParseAddr(x.Addr)
	if err != nil {
		return nil, at, err
	}
	add := func(scope, v string) {
		if v != "" {
			all = append(all, actor{scope, v})
		}
	}
	ip, bits := a.String(), 24
	if a.Is6() {
		ip, bits = netip.PrefixFrom(a, 64).Masked().String(), 48
	}
	add("ip", ip)
	add("net", netip.PrefixFrom(a, bits).Masked().String())
	add("key", x.Key)
	add("user", x.User)
	add("session", x.Session)
	add("account", x.Account)
	if x.JA4 != "" {
		add("fingerprint", x.JA4)
	} else {
		add("fingerprint", x.Agent)
	}
	return all, time.UnixMilli(int64(x.Msec * 1000)).UTC(), nil
}
