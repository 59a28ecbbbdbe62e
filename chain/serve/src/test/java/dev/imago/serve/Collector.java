package dev.imago.serve;

import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A collector of OTLP on loopback: takes what is sent, and reads spans out of it
/// (opentelemetry-proto, `trace.proto`; Protocol Buffers' wire format).
final class Collector implements AutoCloseable {
  /// @param parent empty where there is none
  record Span(
      String trace, String id, String parent, String name, int kind, Map<String, Object> told) {}

  private record Field(int number, long value, byte[] bytes) {}

  private static final int MOST = 1 << 24;
  private final List<byte[]> traces = new CopyOnWriteArrayList<>();
  private final List<byte[]> metrics = new CopyOnWriteArrayList<>();
  private final WebListener web;

  Collector() {
    web =
        WebListener.start(
            "127.0.0.1",
            0,
            Optional.empty(),
            Duration.ZERO,
            new Router("127.0.0.1", List.of(), MOST, "/v1/traces", List.of()),
            List.of(() -> List.of(taking("/v1/traces", traces), taking("/v1/metrics", metrics))));
  }

  private static Route taking(String path, List<byte[]> into) {
    return Route.post(
        path,
        Route.Access.OPEN,
        exchange -> {
          try {
            into.add(exchange.bodyStream(MOST).readAllBytes());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          exchange.send("application/x-protobuf", new byte[0]);
        });
  }

  URI address() {
    return web.address();
  }

  /// All that has come, as text in which bytes that are none are odd characters.
  String raw() {
    var all = new StringBuilder();
    traces.forEach(each -> all.append(new String(each, StandardCharsets.UTF_8)));
    metrics.forEach(each -> all.append(new String(each, StandardCharsets.UTF_8)));
    return all.toString();
  }

  List<Span> spans() {
    var all = new ArrayList<Span>();
    for (byte[] request : traces) {
      for (byte[] resource : of(request, 1)) {
        for (byte[] scope : of(resource, 2)) {
          of(scope, 2).forEach(span -> all.add(span(span)));
        }
      }
    }
    return all;
  }

  private static Span span(byte[] bytes) {
    var told = new LinkedHashMap<String, Object>();
    for (byte[] attribute : of(bytes, 9)) {
      told.put(text(attribute, 1), value(of(attribute, 2).getFirst()));
    }
    HexFormat hex = HexFormat.of();
    return new Span(
        hex.formatHex(of(bytes, 1).getFirst()),
        hex.formatHex(of(bytes, 2).getFirst()),
        of(bytes, 4).isEmpty() ? "" : hex.formatHex(of(bytes, 4).getFirst()),
        text(bytes, 5),
        fields(bytes).stream()
            .filter(f -> f.number == 6)
            .mapToInt(f -> (int) f.value)
            .findFirst()
            .orElse(0),
        told);
  }

  private static Object value(byte[] any) {
    Field field = fields(any).getFirst();
    return switch (field.number) {
      case 1 -> new String(field.bytes, StandardCharsets.UTF_8);
      case 2 -> field.value == 1;
      case 4 -> Double.longBitsToDouble(field.value);
      case 5 -> of(field.bytes, 1).stream().map(Collector::value).toList();
      default -> field.value;
    };
  }

  private static String text(byte[] message, int number) {
    return new String(of(message, number).getFirst(), StandardCharsets.UTF_8);
  }

  private static List<byte[]> of(byte[] message, int number) {
    return fields(message).stream().filter(f -> f.number == number).map(Field::bytes).toList();
  }

  private static List<Field> fields(byte[] message) {
    var in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    var all = new ArrayList<Field>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      byte[] bytes = new byte[(tag & 7) == 2 ? (int) varint(in) : 0];
      in.get(bytes);
      long value =
          switch ((int) tag & 7) {
            case 0 -> varint(in);
            case 1 -> in.getLong();
            case 5 -> in.getInt();
            default -> 0;
          };
      all.add(new Field((int) (tag >>> 3), value, bytes));
    }
    return all;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Override
  public void close() {
    web.close();
  }
}
