package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.core.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  @TempDir Path folder;

  private Recipe recipe(boolean ownDocuments, String... settings) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("house.yaml"),
            "name: house\nstages:\n  collect: {sources: [/data/a.txt]}\n  compress:\n");
    return Identity.of(Recipe.read(file, List.of(settings), Map.of()), ownDocuments);
  }

  private static String of(Recipe recipe, String setting) {
    return recipe.steps().getLast().settings().path(setting).asString("");
  }

  @Test
  void aRecipesModelHasTheRecipesNameAndItsFilesCarryIt() throws Exception {
    Recipe house = recipe(false);
    assertEquals("imago-house", house.serve().get("name").stringValue());
    assertEquals("imago-house", of(house, "name"));
    assertEquals("", of(house, "about"));
  }

  @Test
  void aModelOfTheUsersDocumentsHasTheirName() throws Exception {
    assertEquals("imago-a", of(recipe(true), "name"));
    Recipe two = recipe(true, "collect.sources=[/x/Les Misérables.txt.gz, /x/b]");
    assertEquals("imago-les-misérables-and-1-more", of(two, "name"));
    assertEquals("imago-notes", of(recipe(true, "collect.sources=/x/notes/"), "name"));
  }

  @Test
  void whatIsSetStandsAndGoesIntoTheFiles() throws Exception {
    Recipe set = recipe(true, "serve.name=mine", "serve.about=My notes.", "serve.hint=Dear diary");
    assertEquals("mine", set.serve().get("name").stringValue());
    assertEquals(
        List.of("mine", "My notes.", "Dear diary"),
        List.of(of(set, "name"), of(set, "about"), of(set, "hint")));
    assertEquals("other", of(recipe(true, "serve.name=mine", "compress.name=other"), "name"));
  }

  @Test
  void namesAreOneWordOfLettersAndDigits() {
    assertEquals("imago-tinyshakespeare", Identity.name(List.of("tinyshakespeare")));
    assertEquals("imago-鲁迅-全集", Identity.name(List.of("鲁迅 全集.TXT")));
    assertEquals("imago-v1-5-notes", Identity.name(List.of("v1.5_notes.tar.gz")));
    assertEquals("imago-gz", Identity.name(List.of(".gz")));
    assertEquals("imago", Identity.name(List.of("!!!")));
    assertEquals(6 + 48, Identity.name(List.of("x".repeat(300))).length());
  }
}
