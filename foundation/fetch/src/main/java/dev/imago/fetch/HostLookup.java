package dev.imago.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Finds the addresses of a host.
@FunctionalInterface
public interface HostLookup {
  /// @param host a name, or an address as [WebAddress] writes it, without brackets
  InetAddress[] addresses(String host) throws UnknownHostException;

  /// As the system does it.
  HostLookup SYSTEM = InetAddress::getAllByName;
}
