#!/usr/bin/env python3
"""Converts logs into objects of an S3 server on this machine, and looks at what is there when."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import boto3

BUCKET = "logs"
FORMAT = "$remote_addr|$request_uri|$status"
# Rows that cannot be compressed much, so that there are parts before the end.
LINES = [f"10.0.{number >> 8 & 255}.{number & 255}|/{number * 2654435761 % 2**32:08x}|200\n"
         for number in range(1_000_000)]
PROGRAM = None


class Server:
    """The server, in a process of its own, on a port that the system chooses."""

    def __init__(self):
        self.log = tempfile.NamedTemporaryFile("r+")
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", "0"],
            stdout=self.log, stderr=self.log,
        )
        self.address = self.wait_for_address()
        self.environment = {
            "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1", "AWS_ENDPOINT": self.address, "AWS_ALLOW_HTTP": "true",
        }
        self.client = boto3.client(
            "s3", endpoint_url=self.address, region_name="us-east-1",
            aws_access_key_id="key", aws_secret_access_key="secret",
        )

    def wait_for_address(self):
        for _ in range(300):
            found = re.search(r"http://127\.0\.0\.1:\d+", Path(self.log.name).read_text())
            if found:
                return found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the server does not answer: {Path(self.log.name).read_text()}")

    def end(self):
        self.process.terminate()
        self.process.wait()

    def keys(self):
        return [one["Key"] for one in
                self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def uploads(self):
        return self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])

    def read(self, key):
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()


class Stores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.end)

    def setUp(self):
        self.server.client.create_bucket(Bucket=BUCKET)
        self.addCleanup(self.empty)

    def empty(self):
        for key in self.server.keys():
            self.server.client.delete_object(Bucket=BUCKET, Key=key)
        for upload in self.server.uploads():
            self.server.client.abort_multipart_upload(
                Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])

    def convert(self, output, *arguments):
        """Starts a conversion of standard input."""
        command = [PROGRAM, "convert", "--log-format", FORMAT, "--compression", "none",
                   "--row-group-size", "2MiB", "--dictionary", "status", *arguments, "-o", output,
                   "-"]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **self.server.environment},
        )

    def wait_for_parts(self):
        """Waits until a part of an object is in the store, but no object."""
        for _ in range(600):
            uploads = self.server.uploads()
            self.assertEqual(self.server.keys(), [])
            if uploads and self.server.client.list_parts(
                Bucket=BUCKET, Key=uploads[0]["Key"], UploadId=uploads[0]["UploadId"]
            ).get("Parts"):
                return
            time.sleep(0.1)
        self.fail("no part is sent before the end")

    def test_an_object_is_there_when_it_is_whole(self):
        process = self.convert(f"s3://{BUCKET}/day=1/access.csv")
        process.stdin.writelines(LINES)
        process.stdin.flush()
        self.wait_for_parts()
        _, errors = process.communicate(LINES[0])
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn(f"wrote s3://{BUCKET}/day=1/access.csv: 1000001 rows", errors)
        self.assertEqual(self.server.keys(), ["day=1/access.csv"])
        self.assertEqual(self.server.uploads(), [])
        rows = ["remote_addr,request_uri,status\n"]
        rows += [line.replace("|", ",") for line in LINES + LINES[:1]]
        self.assertEqual(self.server.read("day=1/access.csv"), "".join(rows).encode())

    def test_a_parquet_file_is_an_object(self):
        process = self.convert(f"s3://{BUCKET}/access.parquet")
        _, errors = process.communicate("".join(LINES))
        self.assertEqual(process.returncode, 0, errors)
        found = self.server.read("access.parquet")
        self.assertEqual((found[:4], found[-4:]), (b"PAR1", b"PAR1"))
        self.assertIn(f"1000000 rows, {len(found)} bytes", errors)

    def test_a_conversion_that_fails_leaves_nothing(self):
        process = self.convert(f"s3://{BUCKET}/access.csv", "--on-bad-line", "error")
        process.stdin.writelines(LINES)
        process.stdin.flush()
        self.wait_for_parts()
        _, errors = process.communicate("a line that does not fit\n")
        self.assertEqual(process.returncode, 1, errors)
        self.assertEqual((self.server.keys(), self.server.uploads()), ([], []))

    def test_a_process_that_is_killed_leaves_no_object(self):
        process = self.convert(f"s3://{BUCKET}/access.csv")
        process.stdin.writelines(LINES)
        process.stdin.flush()
        self.wait_for_parts()
        process.kill()
        process.communicate()
        self.assertEqual(self.server.keys(), [])

    def test_objects_are_numbered(self):
        process = self.convert(f"s3://{BUCKET}/a.csv", "--roll-rows", "400000")
        _, errors = process.communicate("".join(LINES))
        self.assertEqual(process.returncode, 0, errors)
        self.assertEqual(self.server.keys(), ["a-00001.csv", "a-00002.csv", "a-00003.csv"])
        rows = sum(self.server.read(key).count(b"\n") - 1 for key in self.server.keys())
        self.assertEqual(rows, len(LINES))

    def test_stores_that_are_not_there_are_told(self):
        for output, message in [
            ("s3://other/access.csv", "NoSuchBucket"),
            (f"s3://{BUCKET}", "it names a store, but no object in it"),
            (f"gs://{BUCKET}/access.csv", "not enabled"),
        ]:
            process = self.convert(output, "--to", "csv")
            _, errors = process.communicate(LINES[0])
            self.assertEqual(process.returncode, 2, errors)
            self.assertIn(message, errors)


def main():
    global PROGRAM
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Exit codes: 0 all is right, 1 something is not, 2 usage.")
    parser.add_argument("program", help="the program `delimark`, built with the feature s3")
    PROGRAM = parser.parse_args().program
    unittest.main(argv=[sys.argv[0]], verbosity=2)


if __name__ == "__main__":
    main()
