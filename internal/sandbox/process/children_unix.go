//go:build unix && !linux

package process

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

const orphansAdopted = false

func adoptOrphans() {}

func dieWithParent(*syscall.SysProcAttr) {}

func children() []int { return nil }

// descendants are all processes below pid, by what ps says now.
func descendants(pid int) []int {
	out, err := exec.Command("/bin/ps", "-axo", "pid=,ppid=").Output()
	if err != nil {
		return nil
	}
	below := map[int][]int{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			continue
		}
		child, errChild := strconv.Atoi(fields[0])
		parent, errParent := strconv.Atoi(fields[1])
		if errChild == nil && errParent == nil {
			below[parent] = append(below[parent], child)
		}
	}
	var found []int
	for queue := below[pid]; len(queue) > 0; queue = queue[1:] {
		found = append(found, queue[0])
		queue = append(queue, below[queue[0]]...)
	}
	return found
}
