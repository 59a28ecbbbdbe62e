package dev.imago.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// No connection goes to a private machine, however it is spelled.
class AddressRulesTest {
  /// Machines that are not public, in dotted decimal.
  private static final List<String> PRIVATE =
      List.of(
          "127.0.0.1",
          "127.255.255.254",
          "10.0.0.1",
          "10.255.0.3",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.1.1",
          "169.254.169.254",
          "100.64.0.1",
          "0.0.0.0",
          "224.0.0.1",
          "255.255.255.255",
          "198.18.0.7",
          "192.0.0.192");

  /// The spellings of one machine.
  private static List<String> spellings(String dotted) {
    String[] p = dotted.split("\\.");
    int[] b = new int[4];
    for (int i = 0; i < 4; i++) {
      b[i] = Integer.parseInt(p[i]);
    }
    long all = (long) b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
    String hex = "%02x%02x:%02x%02x".formatted(b[0], b[1], b[2], b[3]);
    return List.of(
        dotted,
        dotted + ".",
        Long.toString(all),
        "0x" + Long.toHexString(all),
        "0" + Long.toOctalString(all),
        "0x%x.0x%x.0x%x.0x%x".formatted(b[0], b[1], b[2], b[3]),
        "0%o.0%o.0%o.0%o".formatted(b[0], b[1], b[2], b[3]),
        "%d.%d".formatted(b[0], all & 0xffffff),
        "%d.0x%x.%d".formatted(b[0], b[1], all & 0xffff),
        dotted.replace(".", "。"),
        dotted.replace(".", "%2e"),
        dotted.replace("1", "１").replace("2", "②"),
        "public.example@" + dotted,
        "[::ffff:" + dotted + "]",
        "[::ffff:" + hex + "]",
        "[64:ff9b::" + hex + "]",
        "[2002:" + hex + "::1]",
        "[::" + dotted + "]");
  }

  private static final List<String> OTHERS =
      List.of(
          "[::1]",
          "[::]",
          "[0:0:0:0:0:0:0:1]",
          "[fe80::1]",
          "[fc00::1]",
          "[fd12:3456::1]",
          "[fd00:ec2::254]",
          "[fec0::1]",
          "[ff02::1]",
          "[2001:db8::1]",
          "[2001::7f00:1]",
          "[::ffff:0:7f00:1]",
          "[100::1]",
          "[64:ff9b:1::1]");

  @Test
  void noSpellingOfAPrivateAddressMakesAConnection() throws Exception {
    var hosts = new ArrayList<>(OTHERS);
    PRIVATE.forEach(each -> hosts.addAll(spellings(each)));
    assertTrue(hosts.size() >= 200, hosts.size() + " spellings");
    var client =
        new WebClient(
            AddressRules.PUBLIC, HostLookup.SYSTEM, Duration.ofMillis(1), Duration.ofSeconds(1));
    for (String host : hosts) {
      WebAddress address = WebAddress.of("http://" + host + "/latest/meta-data");
      if (address != null) { // else there is nothing to connect to
        assertThrows(
            AddressRefusedException.class,
            () -> client.send(WebRequest.get(address, Map.of())),
            host);
      }
    }
  }

  @Test
  void aNameThatComesToMeanAnotherMachineLeadsToTheOneThatWasChecked() throws Exception {
    var asked = new ArrayList<String>();
    try (ServerSocket inside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The second answer is the attack; it is never asked for.
      HostLookup rebinding =
          host -> {
            asked.add(host);
            return new InetAddress[] {
              InetAddress.ofLiteral(asked.size() > 1 ? "127.0.0.1" : "192.0.2.1")
            };
          };
      var client =
          new WebClient(
              AddressRules.allowing(List.of("192.0.2.0/24")),
              rebinding,
              Duration.ofMillis(1),
              Duration.ofSeconds(1));
      WebAddress address =
          Objects.requireNonNull(
              WebAddress.of("http://rebind.example:" + inside.getLocalPort() + "/"));
      assertThrows(java.io.IOException.class, () -> client.send(WebRequest.get(address, Map.of())));
      inside.setSoTimeout(1);
      assertThrows(java.net.SocketTimeoutException.class, inside::accept);
    }
    assertEquals(List.of("rebind.example"), asked);
  }

  @Test
  void publicAddressesAreOpen() {
    for (String open : List.of("8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111")) {
      assertEquals("", AddressRules.special(InetAddress.ofLiteral(open)), open);
    }
  }

  @Test
  void whatIsNamedIsOpenAndNothingElse() {
    var rules =
        AddressRules.allowing(
            List.of("127.0.0.1:8081", "10.1.0.0/16", "[::1]:80", "intranet.example"));
    assertEquals("", refusal(rules, "127.0.0.1", 8081));
    assertTrue(refusal(rules, "127.0.0.1", 8082).contains("127.0.0.1 is loopback"));
    assertTrue(refusal(rules, "127.0.0.2", 8081).contains("loopback"));
    assertEquals("", refusal(rules, "10.1.255.1", 443));
    assertTrue(refusal(rules, "10.2.0.1", 443).contains("private"));
    assertEquals("", refusal(rules, "::1", 80));
    assertEquals("", rules.refusal("intranet.example", InetAddress.ofLiteral("192.168.0.9"), 80));
    for (String wrong : List.of("", "127.0.0.1:99999", "10.0.0.0/99", "a b", "10.0.0.0/8/8")) {
      assertThrows(ConfigException.class, () -> AddressRules.allowing(List.of(wrong)), wrong);
    }
  }

  private static String refusal(AddressRules rules, String address, int port) {
    return rules.refusal(address, InetAddress.ofLiteral(address), port);
  }
}
