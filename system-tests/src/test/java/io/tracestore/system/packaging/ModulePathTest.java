package io.tracestore.system.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.system.packaging.Application.End;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** An application works on the module path; its module requires {@code io.tracestore} alone. */
class ModulePathTest extends ApplicationTests {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  @Override
  End run(String uri) {
    return application().runOnModulePath(JAVA_HOME, List.of(), uri);
  }

  @Test
  void chronicle_says_that_it_works_on_the_class_path_only() {
    End end = run("chronicle:" + folder.resolve("t"));

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.errors()).contains("chronicle: works on the class path only");
  }

  /** jOOQ's own requirements are automatic modules, which jlink refuses. */
  @Test
  void sqlite_is_used_from_the_module_path_of_a_small_runtime() {
    Path image = folder.resolve("image");
    jlink("--add-modules", "java.se,jdk.unsupported", "--output", image.toString());

    End end =
        application().runOnModulePath(image, List.of(), "mem:", "sqlite:" + folder.resolve("t.db"));

    assertThat(end).as(end.errors()).isEqualTo(new End("used mem\nused sqlite\n", "", 0));
  }

  @Test
  void mem_is_used_from_a_runtime_that_holds_the_application() {
    Path image = folder.resolve("image");
    Application application = application();
    jlink(
        "-p",
        application.modulePath(),
        "--add-modules",
        "app,io.tracestore.provider.mem",
        "--output",
        image.toString());

    End end = application.run(image, List.of(), List.of("-m", "app/app.App"), "mem:");

    assertThat(end).as(end.errors()).isEqualTo(new End("used mem\n", "", 0));
  }

  private static void jlink(String... arguments) {
    int made = ToolProvider.findFirst("jlink").orElseThrow().run(System.out, System.err, arguments);
    assertThat(made).isZero();
  }
}
