#include "server/accounts/common_passwords.h"

#include <algorithm>
#include <array>

#include "server/accounts/text.h"

namespace starling::accounts {
namespace {

constexpr auto kCommon = std::to_array<std::string_view>({
    "00000000",      "0123456789",   "0987654321",   "11111111",     "1111111111",   "11223344",     "112233445566",
    "12121212",      "12131415",     "123123123",    "1231231234",   "12341234",     "123412345",    "12344321",
    "1234554321",    "123456654321", "12345678",     "123456789",    "1234567890",   "12345678910",  "123456789a",
    "1234567891",    "123456aa",     "123456abc",    "12345abc",     "1234abcd",     "1234qwer",     "123654789",
    "123qweasd",     "123qweasdzxc", "147258369",    "1q2w3e4r",     "1q2w3e4r5t",   "1q2w3e4r5t6y", "1qaz2wsx",
    "1qaz2wsx3edc",  "1qazxsw2",     "20202020",     "22222222",     "33333333",     "44444444",     "55555555",
    "66666666",      "77777777",     "78945612",     "87654321",     "88888888",     "987654321",    "9876543210",
    "99999999",      "a1234567",     "a12345678",    "a123456789",   "aa123456",     "aaaaaaaa",     "abc12345",
    "abc123456",     "abcd1234",     "abcdefgh",     "abcdefghi",    "access14",     "admin123",     "admin1234",
    "administrator", "alexander",    "america1",     "anderson",     "angel123",     "arsenal1",     "asdasdasd",
    "asdf1234",      "asdfasdf",     "asdfghjk",     "asdfghjkl",    "azertyuiop",   "babygirl1",    "baseball",
    "baseball1",     "basketball",   "batman123",    "bismillah",    "blink182",     "blue1234",     "brooklyn",
    "butterfly",     "caroline",     "changeme",     "changeme123",  "charlie1",     "cheese123",    "chelsea1",
    "chocolate",     "christian",    "christine",    "cocacola",     "computer",     "computer1",    "corvette",
    "courtney",      "danielle",     "december",     "december1",    "dolphins",     "dragon123",    "elizabeth",
    "everton1",      "facebook",     "facebook1",    "football",     "football1",    "freedom1",     "garfield",
    "giovanni",      "goodluck",     "hahahaha",     "harley01",     "hello123",     "hellohello",   "helloworld",
    "iloveyou",      "iloveyou1",    "iloveyou2",    "internet",     "jennifer",     "jessica1",     "jordan23",
    "justin123",     "lakers24",     "letmein1",     "letmein123",   "letmeinnow",   "liverpool",    "liverpool1",
    "loveyou1",      "maradona",     "master123",    "maverick",     "mercedes",     "metallica",    "michael1",
    "michelle",      "midnight",     "minecraft",    "monkey123",    "mustang1",     "myspace1",     "naruto123",
    "nicholas",      "nintendo",     "november",     "p@ssw0rd",     "p@ssword",     "pa55word",     "pass1234",
    "passw0rd",      "password",     "password!",    "password01",   "password1",    "password1!",   "password11",
    "password12",    "password123",  "password123!", "password1234", "password2",    "password21",   "patricia",
    "pokemon123",    "precious",     "princess",     "princess1",    "q1w2e3r4",     "q1w2e3r4t5",   "qazwsx123",
    "qazwsxedc",     "qwe123456",    "qweasdzxc",    "qweqweqwe",    "qwer1234",     "qwerasdf",     "qwerqwer",
    "qwerty12",      "qwerty123",    "qwerty1234",   "qwerty12345",  "qwerty123456", "qwertyui",     "qwertyuiop",
    "qwertyuiop123", "rainbow1",     "realmadrid",   "remember",     "rockstar1",    "ronaldo7",     "samantha",
    "scorpion",      "secret123",    "september",    "shadow123",    "slipknot",     "snowball",     "softball",
    "soccer123",     "spiderman",    "spongebob",    "starwars",     "starwars1",    "stephanie",    "strawberry",
    "sunshine",      "sunshine1",    "superman",     "superman1",    "superstar",    "swordfish",    "tinkerbell",
    "trustno1",      "valentina",    "veronica",     "victoria",     "welcome1",     "welcome123",   "whatever",
    "whatever1",     "william1",     "windows10",    "xxxxxxxx",     "yellow123",    "zaq12wsx",     "zxcvbnm1",
    "zxcvbnm123",
});

}  // namespace

bool is_common_password(std::string_view password) {
  return std::ranges::find(kCommon, folded(password)) != kCommon.end();
}

}  // namespace starling::accounts
