package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Corpus;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The way of one document into an artifact: the artifacts between, and the record that it was.
final class DocumentLineage {
  /// A record of an archive: the archive's place, and where it stands in it.
  private static final Pattern RECORD = Pattern.compile("(.*)!([0-9]+(?:\\+[0-9]+)?)");

  private static final Pattern PART = Pattern.compile("(?:#[0-9]+)+$");

  private final Workspace workspace;
  private final CorpusSearch search;

  /// What is there: of its provenance an artifact may outlive what it was made from.
  private final Set<Ref> kept;

  DocumentLineage(Workspace workspace) {
    this.workspace = workspace;
    search = new CorpusSearch(workspace);
    kept = new HashSet<>(workspace.artifacts());
  }

  /// @throws ConfigException where nothing that is there and that the artifact was made from has
  ///   the document
  void print(Ref artifact, String id, PrintStream out) {
    Map<Ref, @Nullable Ref> madeBy = ancestors(artifact);
    Map<Ref, List<CorpusSearch.Found>> found = new LinkedHashMap<>();
    for (Ref ref : madeBy.keySet()) {
      if (ref.kind().equals(Artifact.kind(Corpus.class)) && kept.contains(ref)) {
        List<CorpusSearch.Found> here = search.in(ref, id);
        if (!here.isEmpty()) {
          found.put(ref, here);
        }
      }
    }
    String gone = gone(madeBy);
    if (found.isEmpty()) {
      throw new ConfigException(
          "no corpus that %s was made from has a document «%s»; `imago data why` tells what became of it%s"
              .formatted(artifact.brief(), id, gone.isEmpty() ? "" : "; " + gone));
    }
    Ref last = found.keySet().stream().reduce((a, b) -> b).orElseThrow();
    var way = new ArrayList<Ref>();
    for (Ref ref = last; ref != null; ref = madeBy.get(ref)) {
      way.addFirst(ref);
    }
    String indent = "";
    for (Ref ref : way) {
      out.println(indent + ref.brief() + by(ref) + places(found.getOrDefault(ref, List.of())));
      indent += "  ";
    }
    learned(found, out);
    if (!gone.isEmpty()) {
      out.println(gone);
    }
    for (CorpusSearch.Found each : found.getOrDefault(last, List.of())) {
      record(each, out);
    }
  }

  /// Of everything that an artifact was made from, the nearest first, what was made from it; of
  /// itself nothing.
  private Map<Ref, @Nullable Ref> ancestors(Ref artifact) {
    var madeBy = new LinkedHashMap<Ref, @Nullable Ref>();
    madeBy.put(artifact, null);
    var open = new ArrayDeque<>(List.of(artifact));
    while (!open.isEmpty()) {
      Ref ref = open.remove();
      for (Ref input : workspace.provenance(ref).map(Provenance::inputs).orElse(List.of())) {
        if (!madeBy.containsKey(input)) {
          madeBy.put(input, ref);
          open.add(input);
        }
      }
    }
    return madeBy;
  }

  /// Tells which corpora were not looked through, since they are no longer there.
  private String gone(Map<Ref, @Nullable Ref> madeBy) {
    List<String> gone =
        madeBy.keySet().stream()
            .filter(ref -> ref.kind().equals(Artifact.kind(Corpus.class)) && !kept.contains(ref))
            .map(Ref::brief)
            .toList();
    return gone.isEmpty()
        ? ""
        : "not in this workspace, and not looked through: " + String.join(", ", gone);
  }

  private String by(Ref ref) {
    return workspace
        .provenance(ref)
        .map(made -> "  by %s v%d".formatted(made.stage(), made.stageVersion()))
        .orElse("");
  }

  private static String places(List<CorpusSearch.Found> found) {
    if (found.isEmpty()) {
      return "";
    }
    CorpusSearch.Found first = found.getFirst();
    String more = found.size() == 1 ? "" : " and %,d more".formatted(found.size() - 1);
    return ", %s: %s%s".formatted(first.split(), first.document().id(), more);
  }

  /// Tells where nothing was learned from the document.
  private static void learned(Map<Ref, List<CorpusSearch.Found>> found, PrintStream out) {
    List<String> splits =
        found.values().stream().flatMap(List::stream).map(CorpusSearch.Found::split).toList();
    if (splits.contains("heldout") && !splits.contains("train")) {
      out.println("It was held out: measured on, and not learned from.");
    } else if (!splits.contains("train")) {
      out.println("No training text has it; `imago data why` tells what became of it.");
    }
  }

  private void record(CorpusSearch.Found found, PrintStream out) {
    String place = PART.matcher(found.document().id()).replaceFirst("");
    Matcher record = RECORD.matcher(place);
    boolean inArchive = record.matches();
    String archive = inArchive ? record.group(1) : place;
    Path file = file(found.corpus(), archive);
    var facts = new LinkedHashMap<String, String>();
    facts.put("document", found.document().id());
    facts.put(inArchive ? "archive" : "file", file == null ? archive : file.toString());
    if (inArchive) {
      facts.put("offset", record.group(2));
    }
    if (!found.document().source().equals(place)) {
      facts.put("source", found.document().source());
    }
    facts.putAll(new TreeMap<>(found.document().tags()));
    out.println();
    facts.forEach((name, value) -> out.printf("%-18s %s%n", name, value.replaceAll("\\s+", " ")));
    if (file != null && Files.exists(file)) {
      out.printf(
          "%nRead it:  imago data read %s%s%n",
          ShellWord.quoted(file.toString()), inArchive ? " --offset " + record.group(2) : "");
    } else if (file != null) {
      out.printf("%n%s is no longer there.%n", file);
    }
  }

  /// The file that a place begins with, on this machine; null where its source is not known.
  private @Nullable Path file(Ref corpus, String place) {
    Map<String, Integer> times = new HashMap<>();
    for (Path source : sources(corpus)) {
      Path own = source.toAbsolutePath().normalize().getFileName();
      String name = own == null ? "root" : own.toString();
      int before = times.merge(name, 1, Integer::sum);
      String unique = before == 1 ? name : name + "-" + before;
      if (place.equals(unique)) {
        return source;
      } else if (place.startsWith(unique) && "/!:".indexOf(place.charAt(unique.length())) >= 0) {
        String rest = place.substring(unique.length());
        return rest.startsWith("/")
            ? source.resolve(rest.substring(1).replaceFirst("[!:].*", ""))
            : source;
      }
    }
    return null;
  }

  /// The files and folders that a corpus was collected from, in order, those of crawls behind.
  private List<Path> sources(Ref corpus) {
    var sources = new ArrayList<Path>();
    Provenance made = workspace.provenance(corpus).orElse(null);
    if (made == null) {
      return sources;
    }
    for (JsonNode source : JsonMapper.shared().readTree(made.configJson()).path("sources")) {
      if (source.isString() && !source.stringValue().contains("://")) {
        sources.add(Path.of(source.stringValue()));
      }
    }
    for (Ref crawl : made.inputs().stream().filter(kept::contains).toList()) {
      Path folder = workspace.find(crawl.toString()).folder();
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".warc.gz")).sorted().forEach(sources::add);
      } catch (IOException e) {
        throw AtomicFile.failure("read", folder, e);
      }
    }
    return sources;
  }
}
