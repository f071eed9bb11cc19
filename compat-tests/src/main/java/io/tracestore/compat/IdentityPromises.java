package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A store has an identity of its own, knows its files, and is made only if that is wanted. */
abstract class IdentityPromises extends StorePromises {
  private static final String CREATE = "create";

  @Test
  void anIdentityIsOneShortTextWithoutSecrets() {
    String identity = store().identity();

    assertThat(identity).isNotBlank().hasSizeLessThanOrEqualTo(200).doesNotContain("\n");
    assertThat(store().identity()).isEqualTo(identity);
    for (String secret : fixture().secrets()) {
      assertThat(identity).doesNotContain(secret);
    }
  }

  @Test
  void writingDeletingAndPurgingChangeNoIdentity() {
    String identity = store().identity();
    store().storeTraces(Samples.traces(0, 20));
    store().deleteTrace(Samples.traceId(1));
    store().purgeBefore(Samples.T0.plusSeconds(10));

    assertThat(store().identity()).isEqualTo(identity);
  }

  @Test
  void anotherStoreHasAnotherIdentity() {
    try (KitStore other = KitStore.open(fixture())) {
      assertThat(other.store().identity()).isNotEqualTo(store().identity());
    }
  }

  @Test
  void aStoreThatIsOpenedAgainHasTheSameIdentity() {
    onlyIf(Capability.PERSISTENT);
    String identity = store().identity();
    store().storeTrace(Samples.trace(1));

    assertThat(kitStore().reopen().identity()).isEqualTo(identity);
  }

  @Test
  void twoStoresOnTheSameDataHaveEqualIdentities() {
    onlyIf(Capability.SHARED);
    try (TraceStore second = TraceStores.open(kitStore().uri())) {
      assertThat(second.identity()).isEqualTo(store().identity());
    }
  }

  @Test
  void aUriThatIsSpelledInAnotherWayOpensTheSameStore() {
    onlyIf(Capability.SHARED);
    store().storeTrace(Samples.trace(1));
    StoreUri uri = StoreUri.parse(kitStore().uri());
    String escaped = escaped(uri.rawBody());
    StoreUri other = StoreUri.of(uri.scheme(), escaped, uri.options());

    assertThat(other.body()).isEqualTo(uri.body());
    try (TraceStore second = TraceStores.open(other)) {
      assertThat(second.identity()).isEqualTo(store().identity());
      isAnswer(second.getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
    }
  }

  /** Every letter and digit of a body as a percent escape, except for those in an escape. */
  private static String escaped(String rawBody) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rawBody.length(); i++) {
      char c = rawBody.charAt(i);
      if (c == '%') {
        text.append(rawBody, i, i + 3);
        i += 2;
      } else if (c < 0x80 && Character.isLetterOrDigit(c)) {
        text.append('%').append(Integer.toHexString(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  @Test
  void dataThatWereRemovedAndMadeAgainAreAnotherStore() throws IOException {
    onlyIf(Capability.PERSISTENT);
    Set<Path> files = store().files();
    assumeTrue(!files.isEmpty(), "the data do not lie in files of this machine");
    String identity = store().identity();
    store().close();
    for (Path file : files) {
      Files.deleteIfExists(file);
    }

    assertThat(kitStore().reopen().identity()).isNotEqualTo(identity);
  }

  @Test
  void aCopyOfTheFilesIsAnotherStore() throws IOException {
    onlyIf(Capability.PERSISTENT);
    Set<Path> files = store().files();
    assumeTrue(!files.isEmpty(), "the data do not lie in files of this machine");
    store().storeTrace(Samples.trace(1));
    String identity = store().identity();
    store().close();
    Path folder = Files.createDirectory(kitStore().directory().resolve("copy"));
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String uri = kitStore().uri();
    String copy = uri.replace(kitStore().directory().toString(), folder.toString());
    assumeTrue(!copy.equals(uri), "the URI does not name the folder");

    try (TraceStore copied = TraceStores.open(copy)) {
      isAnswer(copied.getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
      assertThat(copied.identity()).isNotEqualTo(identity);
    }
  }

  @Test
  void everyFileOfAStoreIsListedByItsRealPath() throws IOException {
    store().storeTraces(Samples.traces(0, 100));
    store().count(TraceQuery.ALL);
    Path directory = kitStore().directory().toRealPath();
    Set<Path> listed = store().files();

    assertThat(listed).allMatch(Path::isAbsolute);
    for (Path file : listed) {
      Path parent = file.getParent();
      assertThat(parent).isNotNull();
      assertThat(parent).isEqualTo(parent.toRealPath());
    }
    try (Stream<Path> there = Files.walk(directory)) {
      List<Path> unlisted =
          there
              .filter(Files::isRegularFile)
              .filter(file -> listed.stream().noneMatch(file::startsWith))
              .collect(Collectors.toList());
      assertThat(unlisted).isEmpty();
    }
  }

  @Test
  void syncingPromisesNothingForDataThatEndWithTheStore() {
    store().storeTrace(Samples.trace(1));
    boolean synced = store().sync();

    if (!fixture().traits().promise(Capability.PERSISTENT)) {
      assertThat(synced).isFalse();
    }
    isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
  }

  @Test
  void aClosedStoreTellsNoIdentity() {
    store().close();

    assertThatThrownBy(() -> store().identity()).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store().sync()).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void aStoreThatIsNotThereIsNotMadeAgainstTheWill() throws IOException {
    onlyIf(Capability.PERSISTENT);
    Path directory = Files.createDirectory(kitStore().directory().resolve("none"));
    String uri = fixture().missingStoreUri(directory);
    try {
      String notCreating = UriPromises.withOption(uri, CREATE, "false");

      assertThatThrownBy(() -> TraceStores.open(notCreating).close())
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageNotContaining("unknown option")
          .hasMessageNotContaining("\n");
      assertThatThrownBy(() -> TraceStores.open(notCreating).close())
          .as("nothing was made by the first attempt")
          .isInstanceOf(StoreConfigurationException.class);
      try (Stream<Path> made = Files.list(directory)) {
        assertThat(made).isEmpty();
      }
    } finally {
      fixture().removeStore(uri);
    }
  }

  @Test
  void aStoreThatIsThereOpensWithoutTheRightToMakeOne() {
    onlyIf(Capability.PERSISTENT);
    store().storeTrace(Samples.trace(1));
    store().close();
    String notCreating = UriPromises.withOption(kitStore().uri(), CREATE, "false");

    try (TraceStore opened = TraceStores.open(notCreating)) {
      isAnswer(opened.getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
    }
  }
}
