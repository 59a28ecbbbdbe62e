package dev.imago.fetch;

import java.util.LinkedHashMap;
import java.util.Map;

/// What is asked of a server.
///
/// @param method such as `GET`
/// @param headers besides Host and Connection, in the order in which they are sent
public record WebRequest(String method, WebAddress address, Map<String, String> headers) {
  public WebRequest {
    headers = new LinkedHashMap<>(headers);
    headers.forEach(
        (name, value) -> {
          if ((name + value).chars().anyMatch(c -> c < ' ' || c > 0xff || c == 0x7f)) {
            throw new IllegalArgumentException("a header may hold no such character: " + name);
          }
        });
  }

  public static WebRequest get(WebAddress address, Map<String, String> headers) {
    return new WebRequest("GET", address, headers);
  }

  /// As it is sent (RFC 9112), with the empty line that ends it.
  public String head() {
    var head = new StringBuilder();
    head.append(method).append(' ').append(address.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(address.authority()).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("Connection: close\r\n\r\n").toString();
  }
}
