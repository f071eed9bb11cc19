package io.tracestore.testing.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A new key, and a certificate that it has signed itself, for a server on this machine.
 *
 * @param keys a PKCS12 store with the key, whose password is {@code changeit}
 * @param pem the certificate
 * @param key the key, as PEM too
 */
public record ServerCertificate(Path keys, Path pem, Path key) {
  private static final String STORE_PASSWORD = "changeit";

  /**
   * Makes files in {@code directory}.
   *
   * @param name what they are called
   * @param addresses for what the certificate is valid, such as {@code ip:127.0.0.1}
   */
  public static ServerCertificate make(Path directory, String name, String addresses)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path keys = directory.resolve(name + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=" + addresses,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD,
            "-keystore",
            keys.toString());
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(
          "keytool failed: " + Files.readString(directory.resolve(name + ".log")));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, STORE_PASSWORD.toCharArray());
    }
    Path pem = directory.resolve(name + ".crt");
    writePem(pem, "CERTIFICATE", store.getCertificate("server").getEncoded());
    Path key = directory.resolve(name + ".key");
    writePem(key, "PRIVATE KEY", store.getKey("server", STORE_PASSWORD.toCharArray()).getEncoded());
    return new ServerCertificate(keys, pem, key);
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, base64));
  }
}
