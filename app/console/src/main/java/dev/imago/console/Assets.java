package dev.imago.console;

import dev.imago.core.Hashing;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Scripts, styles and the icon: files of this module and of the webjars of htmx and uPlot, packed
/// once. Their addresses have a version, so that browsers keep them.
final class Assets {
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String OWN = "dev/imago/console/";
  private static final String JARS = "META-INF/resources/webjars/";

  private final Map<String, Asset> assets = new LinkedHashMap<>();
  private final String version;

  private record Asset(String type, byte[] plain, byte[] packed) {}

  Assets() {
    add("console.css", STYLE, OWN + "console.css");
    add("console.js", SCRIPT, OWN + "console.js");
    add("icon.svg", "image/svg+xml", OWN + "icon.svg");
    add("htmx.js", SCRIPT, JARS + "htmx.org/2.0.10/dist/htmx.min.js");
    add("uplot.js", SCRIPT, JARS + "uplot/1.6.30/dist/uPlot.iife.min.js");
    add("uplot.css", STYLE, JARS + "uplot/1.6.30/dist/uPlot.min.css");
    var hash = Hashing.sha256();
    assets.values().forEach(a -> hash.update(a.plain()));
    version = HexFormat.of().formatHex(hash.digest(), 0, 6);
  }

  private void add(String name, String type, String resource) {
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + resource + " is missing from the build");
      }
      byte[] plain = in.readAllBytes();
      assets.put(name, new Asset(type, plain, packed(plain)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] packed(byte[] plain) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of memory: it cannot be
    }
    return packed.toByteArray();
  }

  static boolean takesPacked(Exchange exchange) {
    return exchange.requestHeader("Accept-Encoding").orElse("").contains("gzip");
  }

  /// Changes with any of them.
  String version() {
    return version;
  }

  void send(Exchange exchange) {
    Asset asset = assets.get(exchange.pathParameter("name"));
    if (asset == null) {
      throw ApiException.notFound("name", "not_found", "there is no such file");
    }
    exchange.header("Cache-Control", "public, max-age=31536000, immutable");
    exchange.header("Vary", "Accept-Encoding");
    if (takesPacked(exchange)) {
      exchange.header("Content-Encoding", "gzip");
      exchange.send(asset.type(), asset.packed());
    } else {
      exchange.send(asset.type(), asset.plain());
    }
  }
}
