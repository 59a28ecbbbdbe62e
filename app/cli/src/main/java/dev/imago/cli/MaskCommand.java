package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.masking.BlockedTextException;
import dev.imago.masking.Detection;
import dev.imago.masking.JsonMasker;
import dev.imago.masking.MaskAction;
import dev.imago.masking.MaskRules;
import dev.imago.masking.MaskStream;
import dev.imago.masking.Masker;
import dev.imago.masking.PersonalKind;
import dev.imago.masking.Pseudonyms;
import dev.imago.masking.Replacements;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Takes what may lead to a person out of what flows through.
@Command(
    name = "mask",
    mixinStandardHelpOptions = true,
    description = {
      "Take what may lead to a person, and secrets, out of text or JSONL: e-mail and IP addresses,",
      "telephone numbers, cards, IBANs, Chinese identity numbers, credit codes, plates, passports,",
      "keys. Text is masked as it flows; of JSONL, each row's values. What was found is counted on",
      "standard error."
    },
    footer = {
      "",
      "Examples:",
      "  imago mask < letter.txt",
      "  imago mask --kinds=email,phone --action=number rows.jsonl > masked.jsonl",
      "  imago mask --action=pseudonym --key=secret.key --map=map.jsonl < in.txt > out.txt",
      "  imago mask --restore=map.jsonl < answer.txt"
    })
final class MaskCommand implements Callable<Integer> {
  private static final int PIECE = 1 << 14;

  /// Looks so often whether somebody reads what is written.
  private static final int ROWS_AT_ONCE = 512;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "Files (default: standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--kinds",
      split = ",",
      paramLabel = "KIND",
      description = {
        "What is looked for: email, ip, private-ip, phone, card, bank-card, iban, resident-id,",
        "credit-code, plate, passport, secret (default: all of them)."
      })
  private List<String> kinds = List.of();

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = {
        "mask: <EMAIL>; number: <EMAIL_1>, the same for the same; pseudonym: a value of its form"
            + " that",
        "is nobody's (needs --key); block: refuse the text; note: count alone (default: mask)."
      })
  private String action = "mask";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "A file of at least 16 secret bytes: the same key, the same pseudonyms.")
  private @Nullable Path key;

  @Option(
      names = "--regions",
      split = ",",
      paramLabel = "CC",
      description = "Countries whose telephone numbers need no code (default: CN,US,GB).")
  private List<String> regions = MaskRules.REGIONS;

  @Option(
      names = "--jsonl",
      description = "Rows of JSON (default: told by the first character, which is { then).")
  private boolean jsonl;

  @Option(names = "--text", description = "Text, whatever the first character.")
  private boolean text;

  @Option(
      names = "--map",
      paramLabel = "FILE",
      description = "Write what replaced what, for --restore: keep it as secret as the text.")
  private @Nullable Path map;

  @Option(
      names = "--restore",
      paramLabel = "FILE",
      description = "Put back what --map wrote, in place of masking.")
  private @Nullable Path restore;

  @Option(
      names = "--findings",
      description = "Print what was found, with its place but not its value, not the text.")
  private boolean findings;

  private final Map<PersonalKind, Integer> counts = new EnumMap<>(PersonalKind.class);

  @Override
  public Integer call() {
    check();
    // Names a file that is not there, before any work.
    new TextInput(files, true);
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16)) {
      if (restore != null) {
        var stream = new MaskMap(restore).restoring();
        eachPiece(
            piece -> {
              out.write(stream.append(piece));
              flush(out);
            });
        out.write(stream.finish());
        return 0;
      }
      work(out);
    } catch (ReaderGone e) {
      return 0;
    } catch (CharacterCodingException e) {
      throw new InputException("the text is not UTF-8; convert it first, with iconv say", e);
    } catch (BlockedTextException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tell();
    return 0;
  }

  /// Whoever reads our output has had enough (`| head`).
  private static final class ReaderGone extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static void flush(Writer out) throws IOException {
    out.flush();
    if (System.out.checkError()) {
      throw new ReaderGone();
    }
  }

  /// Refuses what would have no effect.
  private void check() {
    if (jsonl && text) {
      throw new ConfigException("--jsonl and --text exclude each other; give one");
    }
    MaskAction asked = MaskAction.of(action);
    if (map != null && (findings || asked != MaskAction.NUMBER && asked != MaskAction.PSEUDONYM)) {
      throw new ConfigException(
          "--map writes what leads back, and %s leaves nothing that does; give --action=number or pseudonym"
              .formatted(findings ? "--findings" : "--action=" + action));
    }
    if (restore != null && (map != null || findings || key != null || !kinds.isEmpty())) {
      throw new ConfigException(
          "--restore puts back and masks nothing; leave --map, --findings, --key and --kinds out");
    }
  }

  private void work(Writer out) throws IOException {
    Masker masker = new Masker(rules());
    Optional<Pseudonyms> pseudonyms = pseudonyms();
    Replacements all = replacements(pseudonyms);
    for (Path file : files.isEmpty() ? List.of(LineFiles.STANDARD_INPUT) : files) {
      try (BufferedReader in = TextInput.open(file)) {
        if (!text && (jsonl || rows(in))) {
          rows(file, in, masker, map == null ? null : all, pseudonyms, out);
        } else if (findings) {
          found(masker, in, out);
        } else {
          text(in, masker.stream(all), out);
        }
      }
    }
    if (map != null) {
      MaskMap.write(map, all.values());
    }
  }

  /// Whether the first character begins a row of JSON.
  private static boolean rows(BufferedReader in) throws IOException {
    in.mark(1);
    int first = in.read();
    in.reset();
    return first == '{';
  }

  private void text(BufferedReader in, MaskStream stream, Writer out) throws IOException {
    char[] piece = new char[PIECE];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      out.write(stream.append(new String(piece, 0, n)));
      flush(out); // somebody may be waiting at the other end
    }
    out.write(stream.finish());
    stream.counts().forEach((kind, count) -> counts.merge(kind, count, Integer::sum));
  }

  private void rows(
      Path file,
      BufferedReader in,
      Masker masker,
      @Nullable Replacements whole,
      Optional<Pseudonyms> pseudonyms,
      Writer out)
      throws IOException {
    long number = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonNode row;
      try {
        row = JsonMapper.shared().readTree(line);
      } catch (JacksonException e) {
        throw new InputException(
            "%s, line %d is no JSON at column %d; mend it, or give --text"
                .formatted(named(file), number, e.getLocation().getColumnNr()));
      }
      if (findings) {
        foundIn(masker, number, "", row, out);
        continue;
      }
      var json = new JsonMasker(masker, whole == null ? replacements(pseudonyms) : whole);
      JsonNode masked;
      try {
        masked = json.mask(row);
      } catch (BlockedTextException e) {
        throw new InputException(
            "%s, line %d: %s".formatted(named(file), number, e.getMessage()), e);
      }
      out.write(json.counts().isEmpty() ? line : JsonMapper.shared().writeValueAsString(masked));
      out.write('\n');
      if (number % ROWS_AT_ONCE == 0 || !in.ready()) {
        flush(out);
      }
      json.counts().forEach((kind, count) -> counts.merge(kind, count, Integer::sum));
    }
  }

  private static String named(Path file) {
    return file.equals(LineFiles.STANDARD_INPUT) ? "standard input" : file.toString();
  }

  private void found(Masker masker, BufferedReader in, Writer out) throws IOException {
    var whole = new java.io.StringWriter();
    in.transferTo(whole);
    for (Detection each : masker.find(whole.toString())) {
      write(JsonMapper.shared().createObjectNode(), each, out);
    }
  }

  private void foundIn(Masker masker, long line, String field, JsonNode node, Writer out)
      throws IOException {
    if (node instanceof ObjectNode object) {
      for (var each : object.properties()) {
        String name = field.isEmpty() ? each.getKey() : field + "." + each.getKey();
        foundIn(masker, line, name, each.getValue(), out);
      }
    } else if (node.isArray()) {
      for (JsonNode each : node) {
        foundIn(masker, line, field, each, out);
      }
    } else if (node.isString() || node.isNumber()) {
      for (Detection each : masker.find(node.asString())) {
        ObjectNode told = JsonMapper.shared().createObjectNode();
        write(told.put("line", line).put("field", field), each, out);
      }
    }
  }

  private void write(ObjectNode told, Detection found, Writer out) throws IOException {
    told.put("kind", found.kind().spelled()).put("start", found.start()).put("end", found.end());
    out.write(JsonMapper.shared().writeValueAsString(told) + "\n");
    counts.merge(found.kind(), 1, Integer::sum);
  }

  /// Something that takes pieces of text.
  private interface Pieces {
    void take(String piece) throws IOException;
  }

  private void eachPiece(Pieces pieces) throws IOException {
    char[] piece = new char[PIECE];
    for (Path file : files.isEmpty() ? List.of(LineFiles.STANDARD_INPUT) : files) {
      try (BufferedReader in = TextInput.open(file)) {
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          pieces.take(new String(piece, 0, n));
        }
      }
    }
  }

  private MaskRules rules() {
    Set<PersonalKind> asked = PersonalKind.detected();
    if (!kinds.isEmpty()) {
      asked = EnumSet.noneOf(PersonalKind.class);
      for (String kind : kinds) {
        asked.add(PersonalKind.of(kind));
      }
    }
    if (asked.contains(PersonalKind.NAME)) {
      throw new ConfigException("--kinds=name needs a model that tells names; there is none here");
    }
    MaskRules rules = MaskRules.of(asked, MaskAction.of(action));
    return new MaskRules(rules.actions(), regions);
  }

  private Optional<Pseudonyms> pseudonyms() {
    boolean asked = MaskAction.of(action) == MaskAction.PSEUDONYM;
    if (asked != (key != null)) {
      throw new ConfigException(
          asked
              ? "--action=pseudonym needs --key, a file of at least 16 secret bytes"
              : "--key is for --action=pseudonym; leave it out");
    }
    if (key == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Pseudonyms(Files.readAllBytes(key)));
    } catch (IOException e) {
      throw new InputException("--key %s cannot be read; name a file".formatted(key), e);
    }
  }

  private static Replacements replacements(Optional<Pseudonyms> pseudonyms) {
    return pseudonyms.map(Replacements::keyed).orElseGet(Replacements::placeholders);
  }

  private void tell() {
    boolean quiet = spec != null && spec.root().userObject() instanceof Imago imago && imago.quiet;
    if (quiet || restore != null) {
      return;
    }
    var told = new ArrayList<String>();
    counts.forEach((kind, count) -> told.add(kind.counted(count)));
    System.err.println("imago: " + (told.isEmpty() ? "nothing found" : String.join(", ", told)));
  }
}
