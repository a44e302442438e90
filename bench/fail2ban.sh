# fail2ban.sh: a real fail2ban for the measurements, to be sourced. It needs dir,
# a scratch folder, and say, and uses server for the process, so that whoever
# sources it can end it early.

# fail2ban LOG STATUS FINDTIME BANTIME: a server with one jail reads the log from
# its beginning, counts the addresses answered with STATUS, an expression, bans
# at 20 and takes no action. It has finished when its CPU rests for 4 s. Sets
# ticks, the CPU it took, and told, what it says of its jail.
fail2ban() {
	local log=$1 status=$2 findtime=$3 bantime=$4 conf=$dir/fail2ban now last=0 quiet=0 hz stat
	rm -rf "$conf"
	cp -r /etc/fail2ban "$conf"
	rm -rf "$conf/jail.d"
	cat >"$conf/jail.local" <<-END
		[DEFAULT]
		backend = polling
		findtime = $findtime
		maxretry = 20
		bantime = $bantime
		action =
		[api]
		enabled = true
		filter = api
		logpath = $log head
	END
	cat >"$conf/filter.d/api.conf" <<-END
		[Definition]
		failregex = ^<HOST> \\- \\S+ \\[\\] "[^"]*" $status 
		datepattern = ^[^\\[]*\\[({DATE})
		              {^LN-BEG}
	END
	printf '[Definition]\ndbfile = None\n' >"$conf/fail2ban.local"
	fail2ban-server -f -c "$conf" -s "$conf/sock" -p "$conf/pid" --logtarget "$conf/log" start >/dev/null 2>&1 &
	server=$!
	hz=$(getconf CLK_TCK)
	while ((quiet < 8)); do
		sleep 0.5
		stat=$(cat "/proc/$server/stat" 2>/dev/null) || { say "fail2ban-server ended early"; cat "$conf/log" >&2; exit 1; }
		# shellcheck disable=SC2086 # fields
		set -- ${stat##*) }
		now=$((${12} + ${13}))
		((now - last < hz / 30)) && quiet=$((quiet + 1)) || quiet=0
		last=$now
	done
	# shellcheck disable=SC2034 # for the caller
	ticks=$last told=$(fail2ban-client -s "$conf/sock" status api 2>/dev/null)
	kill "$server"
	wait "$server" 2>/dev/null || true
	server=
}
