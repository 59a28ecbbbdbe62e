package dev.imago.cli;

import dev.imago.collect.Collect;
import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What commands read documents from: files, folders, addresses, standard input, and the settings
/// of `collect` by which they are read.
final class DocumentPaths {
  /// Standard input, as other tools call it.
  private static final String STANDARD = "-";

  /// Whole texts may be as long as a setting allows at all.
  private static final long LARGEST_DOCUMENT = 64L << 20;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "Files, folders and addresses (https://…, s3://bucket/prefix; default: -, standard"
              + " input).")
  private List<String> paths = List.of();

  @Option(
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description = "A setting of collect, such as encoding=GB18030 or textField=body.")
  private Map<String, String> settings = Map.of();

  /// Enough was read.
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Enough() {
      super(null, null, false, false);
    }
  }

  /// Where documents go.
  interface Taker {
    /// @return whether more are wanted
    boolean take(Document document);
  }

  /// Reads documents one after another; what was assumed and passed over goes to standard error.
  ///
  /// @param usual settings that hold where the user sets no other
  /// @param offset a record's place in the one archive; empty for all that there is
  /// @throws InputException where there is none
  void read(Map<String, String> usual, String offset, Taker taker) throws InterruptedException {
    List<Path> laid = new ArrayList<>();
    Consumer<String> notes = note -> System.err.println("imago: " + note);
    Consumer<Document> documents =
        document -> {
          if (!taker.take(document)) {
            throw new Enough();
          }
        };
    try {
      Collect.Config config = config(usual, laid);
      String none =
          offset.isEmpty()
              ? Collect.read(config, notes, documents)
              : Collect.readRecord(config, offset, notes, documents);
      if (!none.isEmpty()) {
        throw new InputException("no document in %s: %s".formatted(names(), none));
      }
    } catch (Enough | LineOutput.Gone e) {
      return;
    } finally {
      laid.forEach(DocumentPaths::delete);
    }
  }

  private String names() {
    return paths.isEmpty() ? "standard input" : String.join(", ", paths);
  }

  private Collect.Config config(Map<String, String> usual, List<Path> laid) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    all.put("maxDocumentBytes", LARGEST_DOCUMENT);
    usual.forEach((name, value) -> all.set(name, value(value)));
    settings.forEach((name, value) -> all.set(name, value(value)));
    if (settings.containsKey("sources")) {
      throw new ConfigException("--set sources is what PATH says; leave it out");
    }
    var sources = new ArrayList<String>();
    for (String path : paths.isEmpty() ? List.of(STANDARD) : paths) {
      if (path.equals(STANDARD)) {
        Path stdin = standardInput();
        laid.add(stdin);
        sources.add(stdin.toString());
      } else {
        sources.add(path);
      }
    }
    all.set("sources", JsonMapper.shared().valueToTree(sources));
    return Binder.bind("collect", all, Collect.Config.defaults());
  }

  /// A number, a flag or a list where it reads as one, else text.
  private static JsonNode value(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonNodeFactory.instance.stringNode(text);
    }
  }

  /// Archives and documents are read by their directories, so that a pipe is laid down first. Its
  /// name has no ending: its bytes say what it is.
  private static Path standardInput() {
    try {
      Path folder = Files.createTempDirectory("imago-");
      Path file = folder.resolve("stdin");
      Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      Path folder = file.getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
