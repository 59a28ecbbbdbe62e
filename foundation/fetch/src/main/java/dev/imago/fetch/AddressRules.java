package dev.imago.fetch;

import dev.imago.core.ConfigException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which machines may be connected to: those of the public network, and those that are named.
///
/// What is not public are the special-purpose registries of IANA (RFC 6890, as of 2025): private,
/// loopback, link-local (the metadata services of clouds among them), shared (RFC 6598), multicast,
/// documentation, reserved; of IPv6 addresses that carry an IPv4 address (mapped, compatible,
/// NAT64, 6to4, Teredo), what that one is.
public final class AddressRules {
  /// Nothing but the public network.
  public static final AddressRules PUBLIC = new AddressRules(List.of());

  /// Whatever a user names.
  public static final AddressRules ANY = new AddressRules(List.of());

  private record Range(byte[] first, int bits, String name) {
    boolean holds(byte[] address) {
      if (address.length != first.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i & 7);
        if (((address[i >> 3] ^ first[i >> 3]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Range> SPECIAL =
      List.of(
          range("0.0.0.0/8", "of this host"),
          range("10.0.0.0/8", "private"),
          range("100.64.0.0/10", "shared, behind a carrier's NAT"),
          range("127.0.0.0/8", "loopback"),
          range("169.254.0.0/16", "link-local, as metadata services are"),
          range("172.16.0.0/12", "private"),
          range("192.0.0.0/24", "of a protocol"),
          range("192.0.2.0/24", "for documentation"),
          range("192.31.196.0/24", "of a protocol"),
          range("192.52.193.0/24", "of a protocol"),
          range("192.88.99.0/24", "of a protocol"),
          range("192.168.0.0/16", "private"),
          range("192.175.48.0/24", "of a protocol"),
          range("198.18.0.0/15", "for benchmarks"),
          range("198.51.100.0/24", "for documentation"),
          range("203.0.113.0/24", "for documentation"),
          range("224.0.0.0/4", "multicast"),
          range("240.0.0.0/4", "reserved"),
          // Public are 2000::/3 alone; these are what it holds that is not.
          range("2001::/23", "of a protocol"),
          range("2001:db8::/32", "for documentation"),
          range("2620:4f:8000::/48", "of a protocol"),
          range("3fff::/20", "for documentation"),
          range("fd00:ec2::254/128", "a metadata service"),
          range("fc00::/7", "unique local"),
          range("fe80::/10", "link-local"),
          range("fec0::/10", "site-local"),
          range("ff00::/8", "multicast"),
          range("::1/128", "loopback"));

  private static final Range GLOBAL = range("2000::/3", "public");
  private static final Range MAPPED = range("::ffff:0:0/96", "");
  private static final Range TRANSLATED = range("::ffff:0:0:0/96", "");
  private static final Range COMPATIBLE = range("::/96", "");
  private static final Range NAT64 = range("64:ff9b::/96", "");
  private static final Range TEREDO = range("2001::/32", "");
  private static final Range SIX_TO_FOUR = range("2002::/16", "");

  /// @param host a name, or empty for a range
  /// @param port 0 for all
  private record Named(String host, @Nullable Range range, int port) {}

  private final List<Named> named;

  private AddressRules(List<Named> named) {
    this.named = named;
  }

  /// The public network and what is named besides.
  ///
  /// @param allow hosts, addresses or ranges of addresses, each with a port or without:
  ///   `127.0.0.1:8081`, `10.1.0.0/16`, `[::1]:8080`, `intranet.example`
  /// @throws ConfigException for what is none of these
  public static AddressRules allowing(List<String> allow) {
    return new AddressRules(allow.stream().map(AddressRules::named).toList());
  }

  private static Named named(String written) {
    String text = written.strip().toLowerCase(Locale.ROOT);
    int colon = text.lastIndexOf(':');
    boolean port = colon > 0 && text.indexOf(':') == colon || text.indexOf("]:") >= 0;
    String host = port ? text.substring(0, colon) : text;
    String number = port ? text.substring(colon + 1) : "0";
    boolean fits = number.matches("[0-9]{1,5}") && Integer.parseInt(number) < 65536;
    String plain = host.replaceAll("[\\[\\]]", "");
    if (fits && plain.matches("[0-9a-f:.]*[:.][0-9a-f:.]*(/[0-9]{1,3})?")) {
      Range range = rangeOf(plain.contains("/") ? plain : plain + (isV6(plain) ? "/128" : "/32"));
      if (range != null) {
        return new Named("", range, Integer.parseInt(number));
      }
    } else if (fits && !host.contains("/")) {
      String name = WebHost.of(host);
      if (name != null) {
        return new Named(name, null, Integer.parseInt(number));
      }
    }
    throw new ConfigException(
        "allow = «%s» names no machine; give a host, an address or a range, such as 127.0.0.1:8081, 10.1.0.0/16 or intranet.example"
            .formatted(written));
  }

  private static boolean isV6(String text) {
    return text.indexOf(':') >= 0;
  }

  private static Range range(String text, String name) {
    Range range = rangeOf(text);
    if (range == null) {
      throw new IllegalArgumentException(text);
    }
    return new Range(range.first, range.bits, name);
  }

  private static @Nullable Range rangeOf(String text) {
    int slash = text.indexOf('/');
    int bits = Integer.parseInt(text.substring(slash + 1));
    String host = text.substring(0, slash);
    if (WebHost.of(isV6(host) ? "[" + host + "]" : host) == null) {
      return null;
    }
    byte[] first = InetAddress.ofLiteral(host).getAddress();
    // A mapped address is told as the one that it carries.
    bits -= isV6(host) && first.length == 4 ? 96 : 0;
    return bits < 0 || bits > 8 * first.length ? null : new Range(first, bits, "");
  }

  /// Whether a machine may be connected to.
  ///
  /// @param host what was looked up, in one spelling
  /// @return why not; empty where it may
  public String refusal(String host, InetAddress address, int port) {
    if (this == ANY) {
      return "";
    }
    for (Named each : named) {
      boolean same =
          each.range == null ? each.host.equals(host) : each.range.holds(address.getAddress());
      if (same && (each.port == 0 || each.port == port)) {
        return "";
      }
    }
    String kind = special(address.getAddress());
    return kind.isEmpty()
        ? ""
        : "%s is %s, and no connection is made to such an address unless allow names it"
            .formatted(address.getHostAddress(), kind);
  }

  /// What an address is that is not of the public network, such as `private`; empty for one that
  /// is.
  public static String special(InetAddress address) {
    return special(address.getAddress());
  }

  private static String special(byte[] address) {
    byte[] carried = carried(address);
    if (carried != null) {
      String kind = special(carried);
      // Of a tunnel's or a translator's addresses none is needed to reach the public network.
      return kind.isEmpty() && !MAPPED.holds(address) ? "a tunnel's" : kind;
    }
    for (Range range : SPECIAL) {
      if (range.holds(address)) {
        return range.name;
      }
    }
    return address.length == 4 || GLOBAL.holds(address) ? "" : "not public";
  }

  /// The IPv4 address within one of IPv6, or null.
  private static byte @Nullable [] carried(byte[] address) {
    if (address.length != 16) {
      return null;
    }
    if (NAT64.holds(address) || holdsV4(MAPPED, address) || TRANSLATED.holds(address)) {
      return Arrays.copyOfRange(address, 12, 16);
    }
    if (COMPATIBLE.holds(address) && (address[12] != 0 || address[13] != 0)) {
      return Arrays.copyOfRange(address, 12, 16);
    }
    if (SIX_TO_FOUR.holds(address)) {
      return Arrays.copyOfRange(address, 2, 6);
    }
    if (TEREDO.holds(address)) {
      byte[] client = Arrays.copyOfRange(address, 12, 16);
      for (int i = 0; i < 4; i++) {
        client[i] ^= (byte) 0xff;
      }
      return client;
    }
    return null;
  }

  private static boolean holdsV4(Range range, byte[] address) {
    return range.first.length == 16 && range.holds(address);
  }

  /// The addresses among these that may be connected to, in their order.
  ///
  /// @throws AddressRefusedException where there is none: that says of the first why
  List<InetAddress> allowed(String host, InetAddress[] found, int port)
      throws AddressRefusedException {
    var allowed = new ArrayList<InetAddress>();
    String first = "";
    for (InetAddress address : found) {
      String why = refusal(host, address, port);
      if (why.isEmpty()) {
        allowed.add(address);
      } else if (first.isEmpty()) {
        first = why;
      }
    }
    if (allowed.isEmpty()) {
      throw new AddressRefusedException(host, first);
    }
    return allowed;
  }
}
