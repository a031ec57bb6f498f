# Modules that were renamed, moved or merged.
import ConfigParser
import HTMLParser
import Queue
import __builtin__
import colorsys
import commands
import copy_reg
import exceptions
import hashlib
import itertools
import md5
import os
import string
import sys
import thread
import types
import urllib
import urllib2
import urlparse
from collections import Mapping, OrderedDict
from itertools import ifilter, imap, izip, izip_longest, ifilterfalse
from sets import Set
from UserDict import UserDict

config = ConfigParser.ConfigParser()
config.add_section('train')
config.set('train', 'rate', '0.5')
print config.get('train', 'rate'), config.getfloat('train', 'rate'), config.sections()
safe = ConfigParser.SafeConfigParser({'home': '/x'})
safe.add_section('a')
print safe.get('a', 'home'), config.has_option('train', 'gone')
try:
    config.get('train', 'gone')
except ConfigParser.NoOptionError, e:
    print e
queue = Queue.Queue(2)
queue.put(1)
print queue.get(), queue.empty(), Queue.Empty.__name__
try:
    queue.get_nowait()
except Queue.Empty:
    print 'empty'
print __builtin__.len([1]), __builtin__.max(1, 2), exceptions.ValueError is ValueError
print commands.getoutput('echo out'), commands.getstatusoutput('exit 0')
print hashlib.md5('abc').hexdigest(), md5.new('abc').hexdigest()[:6], hashlib.sha1('a').hexdigest()[:6]
print list(izip([1], 'a')), list(imap(str, [1])), list(ifilter(None, [0, 1]))
print list(izip_longest([1, 2], 'a')), list(ifilterfalse(None, [0, 1])), list(itertools.islice(itertools.count(3), 2))
print string.capwords('a b'), string.rstrip('a  '), string.uppercase[:2], string.atof('2.5')
print os.getcwdu() == os.getcwd(), isinstance(os.getcwdu(), unicode), sys.maxint > 0
print isinstance(thread.get_ident(), (int, long)), types.StringType is str, types.ListType([1])
print isinstance(None, types.NoneType), isinstance({}, types.DictType), isinstance(len, types.BuiltinFunctionType)
print urllib.quote('a b/c'), urllib.unquote('a%20b'), urllib.urlencode({'a': 1}), urllib.quote_plus('a b')
print urlparse.urlparse('http://h/p?q=1').netloc, urlparse.urljoin('http://h/a/b', 'c'), urlparse.parse_qs('a=1&a=2')
print urllib2.quote('x y'), urllib2.Request('http://h/p').get_full_url(), issubclass(urllib2.URLError, IOError)
print isinstance({}, Mapping), OrderedDict([('z', 1), ('a', 2)]).keys()
print sorted(Set([2, 1, 2])), UserDict({'a': 1})['a'], HTMLParser.HTMLParser().__class__.__name__
print reload(colorsys) is colorsys, hasattr(copy_reg, 'pickle')
print sys.version_info[0] >= 2, isinstance(sys.maxint, int), sys.getrefcount(None) > 0
for name in ('BaseHTTPServer', 'SimpleHTTPServer', 'SocketServer', 'Cookie', 'cookielib', 'httplib',
             'htmlentitydefs', 'robotparser', 'xmlrpclib', 'dummy_thread', 'anydbm', 'UserList'):
    print name, bool(__import__(name))
