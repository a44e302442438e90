package source

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// turn is where a file stands among the rotations of one log.
type turn struct {
	log    string // name that all rotations share
	stamp  string // digits of the date in the name, "" for none
	number int    // of the rotation, 0 for none
}

// stamps find the date in a file's name; what the log is called stands before
// and after it, but for the random endings of AWS.
var stamps = []*regexp.Regexp{
	// AWS: 1234_CloudTrail_eu-west-1_20261120T2340Z_x7Gq.json.gz; a load balancer's
	// nodes, 1234_elasticloadbalancing_…_20261120T2340Z_192.0.2.7_x7Gq.log.gz, write at the same time
	regexp.MustCompile(`^(.+_)(\d{8}T\d{4}Z)(_\d+\.\d+\.\d+\.\d+)?_\w+(?:\.\w+)?$`),
	// CloudFront: E123.2026-11-20-15.a1b2c3d4; S3: 2026-11-20-15-04-05-0123456789ABCDEF
	regexp.MustCompile(`^(.*?)\.?(\d{4}-\d\d-\d\d-\d\d(?:-\d\d-\d\d)?)[.-][0-9A-Za-z]{8,16}()$`),
	// IIS: u_ex261120.log
	regexp.MustCompile(`^(u_ex)(\d{6,8})(\.log)$`),
	// access.log-20261120, access.2026-11-20.log, app-20261120T101500.log, access.log-20261120-1795132800
	regexp.MustCompile(`^(.*?)[._-]?((?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[T_.-]?\d{2}(?:[-_:.]?\d{2}(?:[-_:.]?\d{2})?)?Z?|-\d{10})?)((?:[._-].*)?)$`),
}

var (
	packed   = regexp.MustCompile(`\.(gz|bz2|zst|zstd)$`)
	numbered = regexp.MustCompile(`^(.*\D)\.(\d{1,4})$`)               // access.log.1, but not 192.0.2.1
	inner    = regexp.MustCompile(`^(.*\D)\.(\d{1,4})(\.[a-z]{2,5})$`) // access.1.log
	older    = regexp.MustCompile(`^(.+)[._-](old|prev|previous)$`)
)

// rotation reads a file's name.
func rotation(name string) turn {
	name = packed.ReplaceAllString(name, "")
	t := turn{log: name}
	for _, re := range stamps {
		if m := re.FindStringSubmatch(name); m != nil {
			t.log, t.stamp = m[1]+m[3], digits(m[2])
			break
		}
	}
	switch {
	case numbered.MatchString(t.log):
		m := numbered.FindStringSubmatch(t.log)
		t.log = m[1]
		t.number, _ = strconv.Atoi(m[2])
		t.number++ // access.log.0 is older than access.log
	case inner.MatchString(t.log):
		m := inner.FindStringSubmatch(t.log)
		t.log = m[1] + m[3]
		t.number, _ = strconv.Atoi(m[2])
		t.number++
	case older.MatchString(t.log):
		t.log, t.number = older.FindStringSubmatch(t.log)[1], 1
	}
	return t
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// compare orders two rotations of one log from old to new: first those with a
// date, by date (and then by number, as daily files are counted upwards), then
// those with a number, which is higher the older they are, at last the log
// itself.
func (t turn) compare(u turn) int {
	switch {
	case t.stamp != "" && u.stamp != "":
		if c := strings.Compare(t.stamp, u.stamp); c != 0 {
			return c
		}
		return t.number - u.number
	case t.stamp != "":
		return -1
	case u.stamp != "":
		return 1
	}
	return u.number - t.number
}

// group puts the rotations of each log together, oldest first, and the logs in
// the order of their names. A log is known by its folder and its name. In doubt
// files stay apart: the engine merges different logs by time, but reads one log
// in its order.
func group(files []string) [][]string {
	turns := make(map[string]turn, len(files))
	logs := make(map[string][]string)
	var names []string
	for _, f := range files {
		t := rotation(filepath.Base(f))
		key := filepath.Join(filepath.Dir(f), t.log)
		turns[f] = t
		if logs[key] == nil {
			names = append(names, key)
		}
		logs[key] = append(logs[key], f)
	}
	slices.Sort(names)
	groups := make([][]string, 0, len(names))
	for _, n := range names {
		g := logs[n]
		slices.SortFunc(g, func(a, b string) int {
			if c := turns[a].compare(turns[b]); c != 0 {
				return c
			}
			return strings.Compare(a, b)
		})
		groups = append(groups, g)
	}
	return groups
}
