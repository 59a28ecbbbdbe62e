package dev.imago.fetch;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// A store that speaks S3: ListObjectsV2 and GetObject.
record S3Store(S3Settings settings, Clock clock, Sender sender) {
  private static final Pattern ADDRESS = Pattern.compile("(?i)s3://([a-z0-9][a-z0-9._-]*)/?(.*)");

  /// A list of 1,000 names of 1,024 bytes each, escaped, and what stands beside them.
  private static final int LONGEST_LIST = 16 << 20;

  private static final int MOST_OBJECTS = 1_000_000;

  /// Asks, and asks again where the server is busy.
  interface Sender {
    WebAnswer send(WebRequest request) throws IOException, InterruptedException;
  }

  /// The object of that name, else all below it.
  List<RemoteFile> list(String source) throws InterruptedException {
    Matcher address = ADDRESS.matcher(source);
    if (!address.matches()) {
      throw new ConfigException(
          "%s is no address of a store; give one as s3://bucket/prefix".formatted(source));
    }
    String bucket = address.group(1);
    String prefix = address.group(2);
    var files = new ArrayList<RemoteFile>();
    try {
      S3Settings here = settings;
      String next = "";
      while (true) {
        String query =
            (next.isEmpty() ? "" : "continuation-token=" + escaped(next, false) + "&")
                + "list-type=2&prefix="
                + escaped(prefix, false);
        WebAnswer answer = answer(here, here.at(bucket, "", query), Map.of());
        String region = answer.header("x-amz-bucket-region");
        if (answer.status() / 100 == 3 && !region.isEmpty() && here.equals(settings)) {
          answer.close();
          here = here.in(region);
          continue;
        }
        try (WebAnswer open = RemoteStore.accepted(source, answer)) {
          next = read(open.body().readNBytes(LONGEST_LIST), here, bucket, prefix, files);
        }
        if (files.size() > MOST_OBJECTS) {
          throw new InputException(
              "%s holds more than %,d objects; name a longer prefix"
                  .formatted(source, MOST_OBJECTS));
        }
        if (next.isEmpty()) {
          break;
        }
      }
    } catch (IOException | XMLStreamException e) {
      throw new EnvironmentException(
          "cannot list %s: %s".formatted(source, String.valueOf(e.getMessage())), e);
    }
    List<RemoteFile> exactly =
        files.stream().filter(f -> f.address().equals("s3://" + bucket + "/" + prefix)).toList();
    if (files.isEmpty()) {
      throw new InputException(
          "there is nothing at %s; is the bucket's name right, and the prefix?".formatted(source));
    }
    return exactly.isEmpty() ? files : exactly;
  }

  /// @return what asks for the rest, or nothing
  private static String read(
      byte[] list, S3Settings here, String bucket, String prefix, List<RemoteFile> files)
      throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    XMLStreamReader xml = factory.createXMLStreamReader(new java.io.ByteArrayInputStream(list));
    String next = "";
    Map<String, String> object = null;
    var text = new StringBuilder();
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          text.setLength(0);
          object = xml.getLocalName().equals("Contents") ? new HashMap<>() : object;
        }
        case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          String name = xml.getLocalName();
          if (name.equals("NextContinuationToken")) {
            next = text.toString();
          } else if (name.equals("Contents") && object != null) {
            add(object, here, bucket, prefix, files);
            object = null;
          } else if (object != null) {
            object.put(name, text.toString());
          }
        }
        default -> {}
      }
    }
    return next;
  }

  private static void add(
      Map<String, String> object,
      S3Settings here,
      String bucket,
      String prefix,
      List<RemoteFile> files) {
    String key = object.getOrDefault("Key", "");
    String size = object.getOrDefault("Size", "");
    if (key.isEmpty() || key.endsWith("/") || !size.matches("[0-9]{1,18}")) {
      return; // what stands for a folder
    }
    int folder = prefix.lastIndexOf('/') + 1;
    files.add(
        new RemoteFile(
            key.substring(Math.min(folder, key.length())),
            "s3://" + bucket + "/" + key,
            here.at(bucket, escaped(key, true), null),
            Long.parseLong(size),
            object.getOrDefault("ETag", "")));
  }

  WebAnswer open(RemoteFile file, Map<String, String> headers)
      throws IOException, InterruptedException {
    Matcher region =
        Pattern.compile("(?:.*\\.)?s3\\.([a-z0-9-]+)\\.amazonaws\\.com").matcher(file.at().host());
    S3Settings here = region.matches() ? settings.in(region.group(1)) : settings;
    return RemoteStore.accepted(file.address(), answer(here, file.at(), headers));
  }

  private WebAnswer answer(S3Settings here, WebAddress at, Map<String, String> headers)
      throws IOException, InterruptedException {
    Map<String, String> signed =
        S3Signature.signed(at, new LinkedHashMap<>(headers), here, clock.instant());
    return sender.send(WebRequest.get(at, signed));
  }

  /// As the signature wants it: all but letters, digits and `-._~`, and in a key but `/`.
  static String escaped(@Nullable String text, boolean key) {
    var out = new StringBuilder();
    for (byte each : Objects.requireNonNullElse(text, "").getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-._~".indexOf(c) >= 0
              || key && c == '/';
      if (plain) {
        out.append((char) c);
      } else {
        out.append("%%%02X".formatted(c));
      }
    }
    return out.toString();
  }
}
