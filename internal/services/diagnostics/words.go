package diagnostics

import (
	_ "embed"
	"strings"
	"sync"
)

// words are those of the program's own texts, one a line, in small letters; words_test.go gathers them from the source.
//
//go:embed words.txt
var words string

// libraries are the words of what the operating system, Go, PostgreSQL and Microsoft's services say when something fails.
const libraries = `
msg pid
a abort aborted accepted access accessible account acquire active address after all already an and another any application are argument arguments as at
attempt attempts authentication authenticate authority authorized awaiting aws backend bad before began begin being body broken buffer but by bytes call
called can cancel canceled canceling cancelled cannot cert certificate certificates check checked cipher client close closed closing code column command
commit conflict connect connected connecting connection connections constraint content context control could crash current currently database datasource deadline
deadlock denied descriptor destination detail detected did dial directory disconnect disk dns does down duplicate during early encrypted encryption end ended
entity eof epoll error errors exceeded exceeds exist exists expected expired expires fabric failed failure fatal fault file files find flag for forbidden found
from function gateway get given goroutine goroutines grpc handle handshake has have header host hostname http https i idle if in index initialize input insufficient
interface internal interrupted invalid io is issued issuer it item job key keyring large later length level limit limited line listen locked log login long lookup
mac many match maximum memory message method missing mode name names network new nil no not null number object of off on open operation option or out
packet page panic parse parsing passphrase password path peer permission pgconn ping pipe please pointer pool port postgres pq pre prepared prior privilege privileges process protocol
proxy query quota range reachable read reading reason received record recursion redirect reference refused refresh rejected relation release remote remaining rename request
requested required reserved reset resolve resource response retries retry returned role route row run runtime same schema scram secret select send sent serialization
server service session shared shut shutdown signature signed slow socket software space sql sqlstate ssl standard start started starting state statement statements status stopped
stream string such superuser supported suspended syntax system table tcp temporarily temporary terminated terminating than that the this throttled time timed timeout tls to
token too transaction transport tried trusted try type udp unable unauthorized unavailable understand unexpected unique unix unknown unreachable unrecognized unsupported
until up update use used user uses using valid value verify version violates was were while will with within without wrapped write writing wrong x`

var vocabulary = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(words + libraries) {
		out[word] = true
	}
	return out
})

func saidWord(word string) bool { return vocabulary()[strings.ToLower(word)] }
