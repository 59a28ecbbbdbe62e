package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReloadTest {
  @TempDir Path folder;

  @Test
  void whatIsWrongOrNeedsARestartChangesNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("g.yaml"), "serve: {port: 1}\n");
    var reload = new SettingsReload(file, GatewayFile.read(file));
    var inForce = new ArrayList<Boolean>();
    Files.writeString(file, "serve: {port: 2}\n"); // while the model is opened
    reload.onHangUp(each -> inForce.add(each.safeguards().marked()));
    for (String wrong :
        List.of("provenance: 7", "serve: {port: 2}\nprovenance: true", "nothing: 1", "- a")) {
      Files.writeString(file, wrong);
      assertFalse(reload.reload(each -> inForce.add(each.safeguards().marked())), wrong);
    }
    assertEquals(List.of(), inForce);
    Files.writeString(file, "serve: {port: 1}\nprovenance: true\n");
    assertTrue(reload.reload(each -> inForce.add(each.safeguards().marked())));
    assertEquals(List.of(true), inForce);
  }
}
